using System.Diagnostics;

namespace Tenfold.Cli.Tests.Remote;

/// <summary>Gives a sandbox's project a git repository, and one from which the sandbox's server fetches it.</summary>
internal static class PushedProject
{
    /// <summary>Makes both repositories, and names the second to the server. Nothing is committed yet.</summary>
    /// <returns>The path of the repository to push to.</returns>
    public static string Serve(this Sandbox place, string more = "")
    {
        var origin = Path.Combine(place.Outside, "origin.git");
        Git(place.Outside, "init", "--quiet", "--bare", "--initial-branch=main", origin);
        Git(place.Project, "init", "--quiet", "--initial-branch=main");
        Directory.CreateDirectory(place.Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(
            Path.Combine(place.Home, "server.yaml"), $"repositories: {{ acme/toy: {{ secret: HOOK_SECRET, url: {origin} }} }}\n{more}");
        place.Variables["HOOK_SECRET"] = "x";
        return origin;
    }

    /// <summary>Makes both repositories, and pushes the project.</summary>
    public static Sandbox Pushed(this Sandbox place, string more = "")
    {
        var origin = place.Serve(more);
        Commit(place);
        Git(place.Project, "remote", "add", "origin", origin);
        Git(place.Project, "push", "--quiet", "origin", "main");
        return place;
    }

    public static void Commit(this Sandbox place)
    {
        Git(place.Project, "add", "--all");
        Git(place.Project, "commit", "--quiet", "--message=change");
    }

    public static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var git = Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.ShouldBe(0, string.Join(' ', arguments));
        return output;
    }
}
