using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Prepares a machine for an attempt: its code, its data, its environment, its command. Things that several attempts need
/// are made once and shared.
/// </summary>
public sealed class AttemptPreparation
{
    private readonly AgentSettings _settings;
    private readonly SnapshotCache _snapshots;
    private readonly EnvironmentCache _environments;
    private readonly DataLocator _data;
    private readonly DataLinks _links;
    private readonly ScriptRunner _scripts;
    private readonly PythonImports _imports = new(new PythonProbe());
    private readonly CodeScan _scan = new();
    private readonly EnvironmentInspector _inspector;

    /// <summary>Creates the caches that all attempts of a store share.</summary>
    public AttemptPreparation(AgentSettings settings)
    {
        _settings = settings;
        var locks = new BuildLocks(settings.CacheLockTimeout, settings.Time);
        var index = Path.Combine(settings.Home, "index");
        _snapshots = new SnapshotCache(Cache("snapshots"), settings.Store);
        _environments = new EnvironmentCache(Cache("environments"), settings);
        _data = new DataLocator(Cache("data"), index, settings);
        _links = new DataLinks(index, settings.Time);
        _scripts = new ScriptRunner(Cache("builds"), settings.Time);
        _inspector = new EnvironmentInspector(settings);

        CacheFolder Cache(string name) => new(Path.Combine(settings.Home, name), locks);
    }

    /// <summary>Prepares the attempt, whose folders exist and are empty.</summary>
    /// <param name="work">The attempt, and what it works with.</param>
    /// <param name="workspace">Its folders.</param>
    /// <param name="leases">Receives the shared things that it uses. They stay until the leases are disposed of.</param>
    /// <param name="log">The attempt's log.</param>
    /// <returns>What to start; or why it can't be started.</returns>
    /// <exception cref="OperationCanceledException">The attempt is to stop.</exception>
    public async Task<PreparationResult<PreparedCommand>> PrepareAsync(
        AttemptWork work, Workspace workspace, CacheLeases leases, AttemptLog log)
    {
        var (assignment, stop, retry) = (work.Assignment, work.Stop.Token, work.Retry);
        var tools = new ToolRunner(log, work.Attempt, BaseEnvironment.OfTools(_settings, assignment.Spec), _settings.Time, stop);
        var snapshot = assignment.Spec.Snapshot;
        if (await retry.RunAsync(() => _snapshots.CopyAsync(snapshot, workspace.Code, log.Note, stop), stop) is { } broken)
            return Refused(broken);
        var found = await retry.RunAsync(() => _data.FindAsync(assignment.Spec, leases, log.Note, stop), stop);
        if (!found.IsReady) return Refused(found.Refusal);
        assignment = assignment with { Spec = found.Value };
        if (_links.Prepare(assignment.Spec, workspace.Code, stop) is { } changed) return Refused(changed);
        var basis = BaseEnvironment.OfCommand(_settings, assignment.Spec);
        foreach (var (name, value) in assignment.Spec.Variables ?? NoVariables) basis[name] = value;
        var paths = PinnedPaths.For(assignment.Spec, workspace, _settings.Home, basis.GetValueOrDefault("HOME"));
        var wanted = new EnvironmentRequest(assignment.Spec.Environment, workspace, assignment.Group, assignment.Run, paths?.Paths)
        {
            Attempt = assignment.Attempt,
            Ledger = assignment.Ledger,
        };
        var environment = await _environments.PrepareAsync(wanted, tools, leases);
        if (!environment.IsReady) return Refused(environment.Refusal);
        var searchPath = environment.Value.Variables.GetValueOrDefault("PATH") ?? tools.SearchPath;
        foreach (var (name, value) in environment.Value.Variables) basis[name] = value;
        var pinned = await PinAsync(work, assignment.Spec, workspace, paths, basis, log);
        if (!pinned.IsReady) return Refused(pinned.Refusal);
        assignment = assignment with { Spec = pinned.Value.Spec };
        List<Warning> warnings = [.. environment.Value.Warnings, .. pinned.Value.Warnings];
        var command = await CommandAsync(assignment, workspace, tools, searchPath, leases, warnings.Add);
        if (!command.IsReady) return Refused(command.Refusal);
        stop.ThrowIfCancellationRequested();
        var (variables, warning) = WorkerEnvironment.For(
            command.Value, assignment, workspace, work.Reservation, pinned.Value.Variables, work.Secrets);
        if (warning is not null) warnings.Add(warning);
        return new PreparedCommand(command.Value, variables, assignment.Spec)
        {
            Built = environment.Value,
            Warnings = warnings,
            Environment = await _inspector.InspectAsync(
                command.Value, assignment.Spec.Command, workspace.Code, variables,
                patience => new ToolRunner(log, work.Attempt, variables, _settings.Time, patience), stop),
        };
    }

    /// <summary>Makes the attempt's command, parameters and variables point to its own copy of the project.</summary>
    private async Task<PreparationResult<PinnedWork>> PinAsync(
        AttemptWork work, WorkSpec spec, Workspace workspace, PinnedPaths? pinned, Dictionary<string, string> variables, AttemptLog log)
    {
        if (pinned is null) return new PinnedWork(spec, variables, []);
        var rewritten = pinned.Rewrite(spec);
        if (!rewritten.IsReady) return PreparationResult<PinnedWork>.Refused(rewritten.Refusal);
        variables = pinned.Rewrite(variables, spec.Variables?.Keys ?? []);
        if (await _imports.PinAsync(pinned, rewritten.Value.Command, workspace, Tools, variables) is { } live)
            return PreparationResult<PinnedWork>.Refused(live);
        workspace.WriteParameters(rewritten.Value);
        foreach (var note in pinned.Notes) log.Note(note);
        List<Warning> warnings = [.. pinned.Warnings];
        var folders = pinned.Paths.Folders.Where(Directory.Exists).ToList();
        var home = variables.GetValueOrDefault("HOME");
        if (folders.Count > 0 && _scan.Find(spec.Snapshot, workspace.Code, folders, home) is { } inCode) warnings.Add(inCode);
        return new PinnedWork(rewritten.Value, variables, warnings);

        ToolRunner Tools(IReadOnlyDictionary<string, string> environment) =>
            new(log, work.Attempt, environment, _settings.Time, work.Stop.Token);
    }

    /// <summary>Warns when the environment of a command was changed since it was made; null when it was not.</summary>
    public static Warning? EnvironmentChange(PreparedCommand command) => command.Built.Change();

    /// <summary>Names the data that has changed since the run was pinned; null when none has.</summary>
    public string? Changed(PreparedCommand command) => _links.Changed(command.Spec, CancellationToken.None);

    private async Task<PreparationResult<CommandLine>> CommandAsync(
        Assignment assignment, Workspace workspace, ToolRunner tools, string? searchPath, CacheLeases leases, Action<Warning> warn)
    {
        var spec = assignment.Spec;
        if (spec.Command is not { } command)
        {
            return ArgumentLimits.FaultOfScript(spec.Script!, spec.Arguments ?? ArgumentStyle.Separate, spec.Parameters) is { } tooLong
                ? PreparationResult<CommandLine>.Refused(tooLong)
                : await _scripts.PrepareAsync(assignment, workspace, tools, searchPath, leases, warn);
        }

        var parameters = Parameters.FromJson(spec.Parameters.GetRawText());
        return CommandTemplate.Parse(command).Render(parameters, assignment.Seed, assignment.Repeat, assignment.Run).Match(
            rendered => ArgumentLimits.FaultOfCommand(command, rendered, spec.Parameters) is { } tooLong
                ? PreparationResult<CommandLine>.Refused(tooLong)
                : CommandLine.Shell(rendered),
            faults => PreparationResult<CommandLine>.Refused(string.Join('\n', faults)));
    }

    private static IReadOnlyDictionary<string, string> NoVariables { get; } = new Dictionary<string, string>();

    private static PreparationResult<PreparedCommand> Refused(string reason) => PreparationResult<PreparedCommand>.Refused(reason);
}

/// <summary>A command that is ready to start.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Variables">All of its environment.</param>
/// <param name="Spec">The attempt's specification, with the paths that its data has on this machine.</param>
public sealed record PreparedCommand(CommandLine Command, IReadOnlyDictionary<string, string> Variables, WorkSpec Spec)
{
    /// <summary>The environment that was built for it.</summary>
    public PreparedEnvironment Built { get; init; } = PreparedEnvironment.OfSystem;

    /// <summary>Warnings from its preparation.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>What it runs in.</summary>
    public required RunEnvironment Environment { get; init; }
}

/// <summary>Work that uses its own copy of the project.</summary>
/// <param name="Spec">The specification.</param>
/// <param name="Variables">The variables, but for those of the worker contract.</param>
/// <param name="Warnings">The paths that still lead to the project's folder.</param>
internal sealed record PinnedWork(WorkSpec Spec, Dictionary<string, string> Variables, IReadOnlyList<Warning> Warnings);
