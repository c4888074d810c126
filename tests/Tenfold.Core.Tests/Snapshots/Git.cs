using System.Diagnostics;

namespace Tenfold.Core.Tests.Snapshots;

/// <summary>The real git, without the user's configuration.</summary>
internal static class Git
{
    public static string Run(string folder, params string[] arguments) => Run(folder, null, arguments);

    public static string Run(string folder, byte[]? input, string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment =
            {
                ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_SYSTEM"] = "/dev/null", ["XDG_CONFIG_HOME"] = "/nonexistent",
                ["GIT_AUTHOR_NAME"] = "t", ["GIT_AUTHOR_EMAIL"] = "t@t", ["GIT_COMMITTER_NAME"] = "t", ["GIT_COMMITTER_EMAIL"] = "t@t",
            },
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        // check-ignore ends with 1 when nothing is ignored.
        if (process.ExitCode > 1) throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors.Result}");
        return output;
    }
}
