@echo off
rem Starts Graft on Windows. Custom gradients do not work there: layers that need one are refused.
setlocal
set "LIB=%~dp0..\lib"
if defined JAVA_HOME (set "JAVA=%JAVA_HOME%\bin\java.exe") else (set "JAVA=java.exe")
if not defined TF_CPP_MIN_LOG_LEVEL set "TF_CPP_MIN_LOG_LEVEL=2"
set "ARCHIVE="
if exist "%LIB%\graft.jsa" set "ARCHIVE=-XX:SharedArchiveFile="%LIB%\graft.jsa""
"%JAVA%" -Dgraft.home="%~dp0.." -Djava.library.path="%LIB%\natives" -Djava.awt.headless=true ^
  -Dorg.slf4j.simpleLogger.defaultLogLevel=error -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto ^
  %ARCHIVE% %GRAFT_JAVA_OPTIONS% -cp "%LIB%\*" dev.graft.cli.Main %*
exit /b %ERRORLEVEL%
