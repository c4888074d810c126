using System.Diagnostics;

[assembly: AssemblyFixture(typeof(Tenfold.Agent.Tests.Preparation.CopyingPython))]

namespace Tenfold.Agent.Tests.Preparation;

/// <summary>
/// A <c>python3</c> that makes virtual environments by copying one that the real <c>venv</c> module has made. The module takes four seconds
/// of processor time for each, which tests that make many can spare.
/// </summary>
public sealed class CopyingPython : IDisposable
{
    private const string Real = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _path;

    /// <summary>Makes nothing until it is used.</summary>
    public CopyingPython() => _path = new Lazy<string>(Make);

    /// <summary>A search path on which this Python comes first.</summary>
    public string SearchPath => _path.Value;

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private string Make()
    {
        var made = _folder["made"];
        using (var process = Process.Start(Real, ["-m", "venv", made]))
        {
            process.WaitForExit();
            process.ExitCode.ShouldBe(0);
        }

        // Scripts name the environment's path, and so does the file that makes a folder an environment.
        var python = _folder.Write(
            "bin/python3",
            $"""
            #!/bin/sh
            if [ "$1" = -m ] && [ "$2" = venv ] && [ $# = 3 ]; then
                cp -aT {made} "$3" && grep -rlI --exclude-dir=lib {made} "$3" | xargs sed -i "s|{made}|$3|g"
                exit
            fi
            exec {Real} "$@"

            """);
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return $"{_folder["bin"]}:/usr/bin:/bin";
    }
}
