using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Commands;
using Tenfold.Core.Input;
using Tenfold.Core.Platform;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.App.Serving.Checking;

/// <summary>A service as it lies on this machine, before any run: a command, a script, or the <c>serve</c> part of a project.</summary>
/// <param name="Version">What to start.</param>
/// <param name="Options">What it is checked with.</param>
public sealed record LocalService(ServedVersion Version, ConformanceOptions Options)
{
    /// <summary>Prepares a service for a check. It runs in the given folder with the variables of the user's shell.</summary>
    /// <param name="services">The services of this home.</param>
    /// <param name="request">The service.</param>
    /// <param name="owner">This process.</param>
    /// <returns>The service; or a refusal: the project or a file is missing or has faults, or a program is missing.</returns>
    public static Outcome<LocalService> Prepare(Services services, LocalServiceRequest request, ReplicaOwner owner)
    {
        var (options, sample) = (request.Options, request.Sample);
        var folder = request.Folder;
        if (request.Command is not { } command)
        {
            var opened = services.Projects.Open(folder);
            if (opened.Value is not { } located) return Refusal.BadInput([.. opened.Faults.Select(fault => $"{fault}")]);
            if (located.Project.Serve is not { } serve)
            {
                return Refusal.BadInput(
                    "tenfold.yaml has no serve part: add one, or name the command, such as `tenfold serve check ./serve.py`");
            }

            folder = located.Folder;
            if (!Render(serve.Command, located.Project.Train.Params).Succeeded(out command, out var refusal)) return refusal;
            if (serve.Sample is { } own) sample ??= Path.Combine(folder, own);
            options = options with { Test = serve.Test, Timeout = serve.Timeout, StartTimeout = serve.StartTimeout };
        }
        else if (!ToShell(command, folder, services.SearchPath).Succeeded(out command, out var missing)) return missing;

        if (!ReadSample(options, sample).Succeeded(out options, out var wrong)) return wrong;
        if (request.StartTimeout is { } patience) options = options with { StartTimeout = patience };
        return new LocalService(VersionOf(services, command, folder, request, owner), options);
    }

    private static ServedVersion VersionOf(
        Services services, string command, string folder, LocalServiceRequest request, ReplicaOwner owner)
    {
        var variables = new Dictionary<string, string>(services.Environment);
        // The ledger's address may contain a password.
        variables.Remove("TENFOLD_LEDGER");
        variables.TryAdd("PYTHONUNBUFFERED", "1");
        if (request.Model is { } model)
        {
            variables["TENFOLD_MODEL_DIR"] = model;
            variables["SM_MODEL_DIR"] = model;
        }

        return new ServedVersion
        {
            Model = "check",
            Version = "0",
            Program = "/bin/sh",
            Arguments = ["-c", command],
            Variables = variables,
            Folder = folder,
            Logs = Path.Combine(owner.Folder, "logs"),
        };
    }

    // A file runs by its kind; everything else is a command for the shell.
    private static Outcome<string> ToShell(string command, string folder, string? searchPath)
    {
        var path = Path.Combine(folder, command);
        if (!File.Exists(path)) return command.Replace("{port}", ServedVersion.PortMark);
        var quoted = $"'{Path.GetFullPath(path).Replace("'", "'\\''", StringComparison.Ordinal)}'";
        if (Path.GetExtension(path) == ".py")
        {
            return (SearchPath.Find("python3", searchPath) ?? SearchPath.Find("python", searchPath)) is { } python
                ? $"exec '{python}' {quoted}"
                : Refusal.Unavailable($"{command} needs Python 3, and no python3 is on PATH: install it");
        }

        return File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute)
            ? $"exec {quoted}"
            : Refusal.BadInput($"{command} is not executable: make it so (chmod +x), or write the whole command in quotes");
    }

    private static Outcome<string> Render(string command, IReadOnlyDictionary<string, ParameterValue> parameters)
    {
        var port = new IntegerValue(long.Parse(ServedVersion.PortMark, System.Globalization.CultureInfo.InvariantCulture));
        var all = Parameters.From(parameters.Where(parameter => parameter.Key != "port").Append(new("port", port)));
        return CommandTemplate.Parse(command).Render(all, seed: 0, repeat: 1, run: "check").Match<Outcome<string>>(
            rendered => rendered, faults => Refusal.BadInput([.. faults.Select(fault => $"serve: {fault.Message}")]));
    }

    /// <summary>Reads the body of one request; null leaves the options as they are.</summary>
    /// <returns>The options with the body; or BadInput when the file can't be read.</returns>
    public static Outcome<ConformanceOptions> ReadSample(ConformanceOptions options, string? path)
    {
        if (path is null) return options;
        try
        {
            return options with { Sample = File.ReadAllBytes(path) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.BadInput($"the sample {Excerpt.Bare(path)} can't be read: {e.Message}");
        }
    }
}

/// <summary>A service on this machine that is to be checked.</summary>
/// <param name="Command">A command for /bin/sh, or a file; null for the project's own.</param>
/// <param name="Folder">The folder in which it runs, as an absolute path.</param>
public sealed record LocalServiceRequest(string? Command, string Folder)
{
    /// <summary>The folder of the model, as an absolute path; null leaves the shell's <c>TENFOLD_MODEL_DIR</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The file with the body of one request; null for the project's own, or none.</summary>
    public string? Sample { get; init; }

    /// <summary>How long the service may take to become ready; null for what the project says.</summary>
    public TimeSpan? StartTimeout { get; init; }

    /// <summary>Everything else that it is checked with.</summary>
    public ConformanceOptions Options { get; init; } = new();
}
