using System.Diagnostics;

namespace Tenfold.Cli.Tests.Running;

/// <summary>Root ignores permissions, so a test that runs as root gives its sandbox to another user, who runs the commands.</summary>
internal static class OwnUser
{
    private const string Nobody = "65534";

    public static bool IsRoot => Environment.UserName == "root";

    /// <summary>Makes permissions apply to the sandbox's commands.</summary>
    public static void Give(Sandbox place)
    {
        if (!IsRoot) return;
        Shell.Run("chown", "-R", Nobody, place.Root);
        place.Before = ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups"];
        place.Variables["HOME"] = place.Root;
    }
}

/// <summary>Runs programs of the system that must succeed.</summary>
internal static class Shell
{
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
