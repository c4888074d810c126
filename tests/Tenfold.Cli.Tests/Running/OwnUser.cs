using System.Diagnostics;

namespace Tenfold.Cli.Tests.Running;

/// <summary>Permissions mean nothing to root: there, a sandbox is given to another user, and its commands run as that one.</summary>
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

/// <summary>A system's program that must succeed.</summary>
internal static class Shell
{
    public static string Run(string program, params string[] arguments)
    {
        using var process =
            Process.Start(
                new ProcessStartInfo(
                    program, arguments)
                { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {error.Result}");
        return output;
    }
}
