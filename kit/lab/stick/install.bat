@echo off
rem Installs kit for this account only, from this folder, without the internet. No administrator is needed.
setlocal
chcp 65001 >nul
set "HERE=%~dp0"
if not defined KIT_FOLDER set "KIT_FOLDER=%LOCALAPPDATA%\kit"
set "FITS=import sys; sys.exit('%%d.%%d' %% sys.version_info[:2] not in '@PYTHONS@'.split())"
set "FOUND="

for %%V in (3.13 3.12 3.11) do (
    if not defined FOUND py -%%V -c "%FITS%" >nul 2>nul && set "FOUND=py -%%V"
)
if not defined FOUND python -c "%FITS%" >nul 2>nul && set "FOUND=python"
if not defined FOUND (
    echo This computer has no Python that fits: one of @PYTHONS@ is needed.
    echo Install it from python.org ^("Install Now", for this account only^), then start this again.
    echo Selles arvutis ei ole sobivat Pythonit: vaja on uht neist: @PYTHONS@ ^(python.org^).
    pause
    exit /b 1
)

echo kit is being installed in %KIT_FOLDER%; this takes a minute or two.
echo Kit paigaldatakse; see votab minuti voi paar.
%FOUND% -m venv "%KIT_FOLDER%\python"
if errorlevel 1 goto failed
"%KIT_FOLDER%\python\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --no-index --find-links "%HERE%wheels" --require-hashes -r "%HERE%requirements.txt"
if errorlevel 1 goto failed
"%KIT_FOLDER%\python\Scripts\python.exe" -m kit.lab.prepare

(
    echo @echo off
    echo cd /d "%%USERPROFILE%%"
    echo "%KIT_FOLDER%\python\Scripts\kit.exe" lab %%*
    echo pause
) > "%KIT_FOLDER%\start-kit.bat"
if exist "%USERPROFILE%\Desktop\" copy /y "%KIT_FOLDER%\start-kit.bat" "%USERPROFILE%\Desktop\" >nul
echo Ready. Start it with / Valmis. Kaivita nii: %KIT_FOLDER%\start-kit.bat
pause
exit /b 0

:failed
echo The installation failed. Is the folder on the stick whole (SHA256SUMS.txt), and is this one of: @PLATFORMS@?
echo Paigaldamine ei onnestunud. Kas malupulga kaust on terve ja arvuti on uks neist: @PLATFORMS@?
pause
exit /b 1
