using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Prepares this machine for the service of a run's model: the run's snapshot, its environment, its model and the service's command. The
/// things that attempts share with it are made once. An environment that is a container image is left to the caller.
/// </summary>
public sealed class ServicePreparation
{
    private readonly AgentSettings _settings;
    private readonly SnapshotCache _snapshots;
    private readonly EnvironmentCache _environments;
    private readonly ServedModels _models;

    /// <summary>Creates the caches that all services of a store share.</summary>
    public ServicePreparation(AgentSettings settings)
    {
        _settings = settings;
        var locks = new BuildLocks(settings.CacheLockTimeout, settings.Time);
        _snapshots = new SnapshotCache(Cache("snapshots"), settings.Store);
        _environments = new EnvironmentCache(Cache("environments"), settings);
        _models = new ServedModels(Cache("models"), settings.Store, settings.Time);

        CacheFolder Cache(string name) => new(Path.Combine(settings.Home, name), locks);
    }

    /// <summary>Prepares the service.</summary>
    /// <param name="work">The service.</param>
    /// <param name="folder">A new folder for its own files, which the caller removes after the service has ended.</param>
    /// <param name="log">The file for the output of the programs that prepare it.</param>
    /// <param name="leases">Receives the shared things that it uses. They stay until the leases are disposed of.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What to start; or why it can't be started.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    /// <exception cref="IOException">The disk is full, for example.</exception>
    public async Task<PreparationResult<PreparedService>> PrepareAsync(
        ServiceWork work, string folder, string log, CacheLeases leases, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var buffer = new SegmentBuffer(new ServiceLogFile(log), _settings.Time);
        var notes = new AttemptLog(buffer, work.Secrets.Values, _settings.Time);
        var workspace = new Workspace(new DirectoryInfo(folder));
        var spec = work.Spec with { Data = new Dictionary<string, DataSpec>(), Command = work.Command, Script = null };
        if (await _snapshots.CopyAsync(spec.Snapshot, workspace.Code, notes.Note, cancellationToken) is { } broken) return Refused(broken);
        var model = await _models.FetchAsync(work.Attempt, work.Manifest, notes.Note, cancellationToken);
        if (!model.IsReady) return Refused(model.Refusal);
        leases.Add(model.Value);

        // An image has variables of its own, and this machine's would name programs that it lacks.
        var basis = spec.Environment.Image is null ? BaseEnvironment.OfCommand(_settings, spec) : [];
        foreach (var (name, value) in spec.Variables ?? new Dictionary<string, string>()) basis[name] = value;
        var paths = PinnedPaths.For(spec, workspace, _settings.Home, basis.GetValueOrDefault("HOME"));
        var tools = new ToolRunner(
            notes, $"serve-{work.Attempt}", BaseEnvironment.OfTools(_settings, spec), _settings.Time, cancellationToken);
        var request = new EnvironmentRequest(spec.Environment, workspace, work.Assignment.Group, work.Assignment.Run, paths?.Paths)
        {
            Attempt = work.Attempt,
        };
        var environment = await _environments.PrepareAsync(request, tools, leases);
        if (!environment.IsReady) return Refused(environment.Refusal);
        foreach (var (name, value) in environment.Value.Variables) basis[name] = value;
        if (paths is not null)
        {
            var rewritten = paths.Rewrite(spec);
            if (!rewritten.IsReady) return Refused(rewritten.Refusal);
            spec = rewritten.Value;
            basis = paths.Rewrite(basis, spec.Variables?.Keys ?? []);
            foreach (var note in paths.Notes) notes.Note(note);
        }

        var command = Render(work, spec);
        if (!command.IsReady) return Refused(command.Refusal);
        workspace.WriteParameters(spec);
        return new PreparedService(
            command.Value, workspace.Code, VariablesFor(work, spec, workspace, model.Value.Folder, command.Value, basis));
    }

    private static PreparationResult<CommandLine> Render(ServiceWork work, WorkSpec spec)
    {
        var trained = Parameters.FromJson(spec.Parameters.GetRawText()).Where(parameter => parameter.Key != "port");
        var parameters = Parameters.From(trained.Append(new("port", new IntegerValue(work.PortMark))));
        return CommandTemplate.Parse(spec.Command!)
            .Render(parameters, work.Assignment.Seed, work.Assignment.Repeat, work.Assignment.Run).Match(
                rendered => CommandLine.Shell(rendered),
                faults => PreparationResult<CommandLine>.Refused(string.Join('\n', faults)));
    }

    // The variables of the worker contract, with the model where the service finds it. The attempt's own marker is left out: whoever ends
    // an attempt ends every process that has it.
    private static Dictionary<string, string> VariablesFor(
        ServiceWork work, WorkSpec spec, Workspace workspace, string model, CommandLine command, Dictionary<string, string> basis)
    {
        var reservation = new Reservation(work.Assignment.Group, spec.Resources.Cpus ?? 1, 0, []);
        var (given, _) = WorkerEnvironment.For(command, work.Assignment with { Spec = spec }, workspace, reservation, basis, work.Secrets);
        var variables = new Dictionary<string, string>(given) { ["TENFOLD_MODEL_DIR"] = model, ["SM_MODEL_DIR"] = model };
        foreach (var name in new[] { QueueLifecycle.Marker, "TENFOLD_OUTPUT_DIR", "TENFOLD_CHECKPOINT_DIR" }) variables.Remove(name);
        foreach (var name in new[] { "SM_OUTPUT_DIR", "SM_OUTPUT_DATA_DIR" }) variables.Remove(name);
        return variables;
    }

    private static PreparationResult<PreparedService> Refused(string reason) => PreparationResult<PreparedService>.Refused(reason);
}

/// <summary>The service of a run's model.</summary>
/// <param name="Assignment">The attempt that made the model.</param>
/// <param name="Manifest">The SHA-256 of the manifest of its artifacts.</param>
/// <param name="Command">The service's command, for /bin/sh, with placeholders.</param>
/// <param name="PortMark">The number that stands for <c>{port}</c> in the prepared command.</param>
/// <param name="Secrets">The values of the run's secrets, by name.</param>
public sealed record ServiceWork(
    Assignment Assignment, string Manifest, string Command, long PortMark, IReadOnlyDictionary<string, string> Secrets)
{
    /// <summary>What the run was made of.</summary>
    public WorkSpec Spec => Assignment.Spec;

    /// <summary>The attempt's name.</summary>
    public string Attempt => Assignment.Attempt;
}

/// <summary>A service that is ready to start.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Folder">Its working folder.</param>
/// <param name="Variables">All of its environment, apart from the port.</param>
public sealed record PreparedService(CommandLine Command, string Folder, IReadOnlyDictionary<string, string> Variables);

/// <summary>Appends what preparing a service prints to a file.</summary>
internal sealed class ServiceLogFile : ISegmentWriter
{
    private readonly FileStream _file;

    public ServiceLogFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
    }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _file.WriteAsync(bytes, cancellationToken);

    public async ValueTask FlushAsync(CancellationToken cancellationToken) => await _file.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
