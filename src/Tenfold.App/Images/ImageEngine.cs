using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenfold.Core.Platform;

namespace Tenfold.App.Images;

/// <summary>A program that builds and pushes images: docker, podman or buildah.</summary>
internal sealed partial class ImageEngine
{
    private static readonly string[] Names = ["docker", "podman", "buildah"];
    private readonly Action<string> _notify;

    private ImageEngine(string name, string path, Dictionary<string, string> variables, Action<string> notify) =>
        (Name, Program, Variables, _notify) = (name, path, variables, notify);

    /// <summary>The program's name.</summary>
    public string Name { get; }

    /// <summary>The program's path.</summary>
    public string Program { get; }

    /// <summary>The program's variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    private bool IsDocker => Name == "docker";

    /// <summary>Finds the first program that works. Docker is often installed without a daemon that runs.</summary>
    /// <param name="environment">The variables of the user's session.</param>
    /// <param name="wanted">The program that the user wants; null for any.</param>
    /// <param name="notify">Receives each line that the program prints.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The program; or Unavailable, with what to install.</returns>
    public static async Task<Outcome<ImageEngine>> FindAsync(
        IReadOnlyDictionary<string, string> environment, string? wanted, Action<string> notify, CancellationToken cancellationToken)
    {
        if (wanted is not null && !Names.Contains(wanted))
            return Refusal.BadInput($"--engine {wanted}: it is docker, podman or buildah");
        var faults = new List<string>();
        foreach (var name in wanted is null ? Names : [wanted])
        {
            if (SearchPath.Find(name, environment.GetValueOrDefault("PATH")) is not { } path) continue;
            var engine = new ImageEngine(name, path, VariablesOf(name, environment), notify);
            var check = new EngineProcess(path, engine.Variables, _ => { });
            string[] version = name == "docker" ? ["version", "--format", "{{.Server.Version}}"] : ["version"];
            if ((await check.RunAsync(version, null, cancellationToken)).Succeeded(out _, out var refusal)) return engine;
            faults.Add(refusal.Message);
        }

        return faults.Count > 0
            ? Refusal.Unavailable($"no program for container images works here. {string.Join("\n", faults)}")
            : Refusal.Unavailable(
                $"container images need {wanted ?? "docker, podman or buildah"}, which is not on PATH: install one, for example with "
                + "apt-get install buildah");
    }

    /// <summary>Builds an image.</summary>
    /// <param name="context">The folder of the files that it may copy.</param>
    /// <param name="dockerfile">The Dockerfile's path.</param>
    /// <param name="reference">The image's name and tag.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Refusal?> BuildAsync(string context, string dockerfile, string reference, CancellationToken cancellationToken)
    {
        string[] arguments = ["build", "--tag", reference, "--file", dockerfile, context];
        return RefusalOf(await Process(_notify).RunAsync(arguments, null, cancellationToken));
    }

    /// <summary>Pushes an image.</summary>
    /// <param name="reference">Its name and tag.</param>
    /// <param name="login">The login of the registry; null for the user's own.</param>
    /// <param name="folder">An empty folder, private to the user, in which the login is until the push has ended.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The image's digest, <c>sha256:…</c>.</returns>
    public async Task<Outcome<string>> PushAsync(
        string reference, RegistryLogin? login, string folder, CancellationToken cancellationToken)
    {
        var server = reference.Split('/')[0];
        // The user's own logins stay as they are. Docker reads the folder from a variable, and the others the file from an option.
        string[] own = login is null || IsDocker ? [] : ["--authfile", Path.Combine(folder, "auth.json")];
        string[] insecure = !IsDocker && RegistryLookup.IsLoopback(server) ? ["--tls-verify=false"] : [];
        var process = Process(_notify, login is null ? null : folder);
        if (login is not null)
        {
            string[] arguments = ["login", .. own, .. insecure, "--username", login.User, "--password-stdin", server];
            if (RefusalOf(await process.RunAsync(arguments, login.Password, cancellationToken)) is { } refused) return refused;
        }

        if (IsDocker)
        {
            var pushed = await process.RunAsync(["push", reference], null, cancellationToken);
            return pushed.Match<Outcome<string>>(
                printed => Digest().Match(printed) is { Success: true } match ? match.Groups[1].Value
                    : Refusal.Unavailable($"`docker push` did not say which digest {reference} has"),
                refusal => refusal);
        }

        var file = Path.Combine(folder, "digest");
        var end = await process.RunAsync(
            ["push", .. own, .. insecure, "--digestfile", file, reference, $"docker://{reference}"], null, cancellationToken);
        if (RefusalOf(end) is { } failed) return failed;
        return (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
    }

    private EngineProcess Process(Action<string> notify, string? loginFolder = null)
    {
        if (!IsDocker || loginFolder is null) return new EngineProcess(Program, Variables, notify);
        CopyDockerContext(loginFolder);
        return new EngineProcess(Program, new Dictionary<string, string>(Variables) { ["DOCKER_CONFIG"] = loginFolder }, notify);
    }

    // Which daemon docker uses is a part of its configuration, too.
    private void CopyDockerContext(string folder)
    {
        var home = Variables.GetValueOrDefault("DOCKER_CONFIG") is { Length: > 0 } named
            ? named : Path.Combine(Variables.GetValueOrDefault("HOME") ?? "/", ".docker");
        var contexts = Path.Combine(home, "contexts");
        if (Directory.Exists(contexts) && !Path.Exists(Path.Combine(folder, "contexts")))
            Directory.CreateSymbolicLink(Path.Combine(folder, "contexts"), contexts);
        var file = Path.Combine(home, "config.json");
        if (!File.Exists(file)) return;
        try
        {
            var current = JsonNode.Parse(File.ReadAllText(file))?["currentContext"]?.ToString();
            if (current is null) return;
            File.WriteAllText(
                Path.Combine(folder, "config.json"), new JsonObject { ["currentContext"] = current }.ToJsonString());
        }
        catch (JsonException)
        {
            // Docker itself says what is wrong with it.
        }
    }

    // Without a runtime for containers, buildah runs the steps of a Dockerfile in a changed root, which needs nothing.
    private static Dictionary<string, string> VariablesOf(string name, IReadOnlyDictionary<string, string> environment)
    {
        var variables = PrivateVariables.Without(environment);
        var path = environment.GetValueOrDefault("PATH");
        if (name == "buildah" && !new[] { "runc", "crun" }.Any(runtime => SearchPath.Find(runtime, path) is not null))
            variables.TryAdd("BUILDAH_ISOLATION", "chroot");
        return variables;
    }

    private static Refusal? RefusalOf(Outcome<string> outcome) => outcome.Match<Refusal?>(_ => null, refusal => refusal);

    [GeneratedRegex("digest: (sha256:[0-9a-f]{64})")]
    private static partial Regex Digest();
}

/// <summary>A login of a registry.</summary>
/// <param name="User">The user.</param>
/// <param name="Password">The password.</param>
internal sealed record RegistryLogin(string User, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => $"RegistryLogin {{ {User} }}";
}
