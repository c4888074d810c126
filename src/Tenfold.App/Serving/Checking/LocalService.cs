using Tenfold.App.Serving.Preparing;
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
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The service; or a refusal: the project or a file is missing or has faults, or a program is missing.</returns>
    public static async Task<Outcome<LocalService>> PrepareAsync(
        Services services, LocalServiceRequest request, ReplicaOwner owner, CancellationToken cancellationToken)
    {
        if (request.Image is not { } image) return Prepare(services, request, owner);
        if (!(await ContainerFinder.FindAsync(services, image, cancellationToken)).Succeeded(out var container, out var refusal))
            return refusal;
        if (request.Command is null && container.IsBuildah)
        {
            return Refusal.BadInput(
                "buildah can't start an image by its entry point: name the command too, such as "
                + $"`tenfold serve check 'python3 serve.py' --image {image}`, or install podman or docker");
        }

        var folders = new List<string>();
        // Without a command, the image's own service must need nothing of this folder.
        if (request.Command is not null) folders.Add(request.Folder);
        if (request.Model is { } model) folders.Add(model);
        container = container with { Folders = folders, Model = request.Model };
        return Prepare(services, request, owner).Match<Outcome<LocalService>>(
            local => local with { Version = local.Version with { Container = container } }, fault => fault);
    }

    private static Outcome<LocalService> Prepare(Services services, LocalServiceRequest request, ReplicaOwner owner)
    {
        var (options, sample) = (request.Options, request.Sample);
        var folder = request.Folder;
        if (request.Command is not { } command)
        {
            if (request.Image is not null) return PrepareSample(services, null, request, owner);
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
        else if (!ToShell(command, request, services.SearchPath).Succeeded(out command, out var missing)) return missing;

        return PrepareSample(services, command, request with { Folder = folder, Sample = sample, Options = options }, owner);
    }

    private static Outcome<LocalService> PrepareSample(
        Services services, string? command, LocalServiceRequest request, ReplicaOwner owner)
    {
        if (!ReadSample(request.Options, request.Sample).Succeeded(out var options, out var wrong)) return wrong;
        if (request.StartTimeout is { } patience) options = options with { StartTimeout = patience };
        return new LocalService(VersionOf(services, command, request, owner), options);
    }

    private static ServedVersion VersionOf(Services services, string? command, LocalServiceRequest request, ReplicaOwner owner)
    {
        // An image has variables of its own, and the shell's would name programs that it lacks.
        var variables = request.Image is null ? PrivateVariables.Without(services.Environment) : [];
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
            // SageMaker starts an image with this argument.
            Program = command is null ? "" : "/bin/sh",
            Arguments = command is null ? ["serve"] : ["-c", command],
            Variables = variables,
            Folder = request.Folder,
            Logs = Path.Combine(owner.Folder, "logs"),
        };
    }

    // A file runs by its kind; everything else is a command for the shell.
    private static Outcome<string> ToShell(string command, LocalServiceRequest request, string? searchPath)
    {
        var path = Path.Combine(request.Folder, command);
        if (!File.Exists(path)) return command.Replace("{port}", ServedVersion.PortMark);
        var quoted = Quoted(Path.GetFullPath(path));
        if (Path.GetExtension(path) == ".py")
        {
            if (request.Image is not null) return $"exec python3 {quoted}";
            return (SearchPath.Find("python3", searchPath) ?? SearchPath.Find("python", searchPath)) is { } python
                ? $"exec {Quoted(python)} {quoted}"
                : Refusal.Unavailable($"{command} needs Python 3, and no python3 is on PATH: install it");
        }

        return File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute)
            ? $"exec {quoted}"
            : Refusal.BadInput($"{command} is not executable: make it so (chmod +x), or write the whole command in quotes");
    }

    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

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
    /// <summary>The container image in which it runs; null for none. Without a command, the image's own entry point runs.</summary>
    public string? Image { get; init; }

    /// <summary>The folder of the model, as an absolute path; null leaves the shell's <c>TENFOLD_MODEL_DIR</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The file with the body of one request; null for the project's own, or none.</summary>
    public string? Sample { get; init; }

    /// <summary>How long the service may take to become ready; null for what the project says.</summary>
    public TimeSpan? StartTimeout { get; init; }

    /// <summary>Everything else that it is checked with.</summary>
    public ConformanceOptions Options { get; init; } = new();
}
