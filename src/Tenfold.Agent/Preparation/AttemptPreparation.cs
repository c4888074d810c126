using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Commands;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Agent.Preparation;

/// <summary>Makes a machine ready for an attempt: its code, its data, its environment, its command. What several attempts need is made once.</summary>
public sealed class AttemptPreparation
{
    private readonly AgentSettings _settings;
    private readonly SnapshotCache _snapshots;
    private readonly EnvironmentCache _environments;
    private readonly DataPlaces _places;
    private readonly DataLinks _links;
    private readonly ScriptRunner _scripts;

    /// <summary>Makes nothing yet.</summary>
    public AttemptPreparation(AgentSettings settings)
    {
        _settings = settings;
        var gate = new CacheGate(settings.CachePatience, settings.Time);
        var index = Path.Combine(settings.Home, "index");
        _snapshots = new SnapshotCache(new CacheFolder(Path.Combine(settings.Home, "snapshots"), gate), settings.Store);
        _environments = new EnvironmentCache(new CacheFolder(Path.Combine(settings.Home, "environments"), gate), settings.Time);
        _places = new DataPlaces(new CacheFolder(Path.Combine(settings.Home, "data"), gate), index, settings);
        _links = new DataLinks(index, settings.Time);
        _scripts = new ScriptRunner(new CacheFolder(Path.Combine(settings.Home, "builds"), gate), settings.Time);
    }

    /// <summary>Prepares the attempt; its folders are there, and empty. What it then has in common with others is its own until <c>uses</c> are disposed of.</summary>
    /// <returns>What to start; or why it can't be started.</returns>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public async Task<Prepared<PreparedCommand>> PrepareAsync(
        Assignment assignment, Reservation reservation, IReadOnlyDictionary<string, string> secrets, Workspace workspace, CacheUses uses, AttemptLog log, StorePatience patience,
        CancellationToken stop)
    {
        var tool = new Tool(log, assignment.Attempt, BaseEnvironment.OfTools(_settings, assignment.Spec), _settings.Time, stop);
        if (await patience.TryAsync(() => _snapshots.CopyAsync(assignment.Spec.Snapshot, workspace.Code, log.Say, stop), stop) is { } broken) return Refused(broken);
        var found = await patience.TryAsync(() => _places.FindAsync(assignment.Spec, uses, log.Say, stop), stop);
        if (!found.IsReady) return Refused(found.Refusal);
        assignment = assignment with { Spec = found.Value };
        if (_links.Prepare(assignment.Spec, workspace.Code, stop) is { } changed) return Refused(changed);
        var environment = await _environments.PrepareAsync(assignment.Spec.Environment, workspace.Code, tool, uses);
        if (!environment.IsReady) return Refused(environment.Refusal);
        var searchPath = environment.Value.GetValueOrDefault("PATH") ?? tool.SearchPath;
        var command = await CommandAsync(assignment, workspace, tool, searchPath, uses);
        if (!command.IsReady) return Refused(command.Refusal);
        stop.ThrowIfCancellationRequested();
        var basis = BaseEnvironment.OfCommand(_settings, assignment.Spec);
        return new PreparedCommand(command.Value, WorkerEnvironment.For(assignment, workspace, reservation, basis, environment.Value, secrets), assignment.Spec);
    }

    /// <summary>What of the data is no longer what the run was pinned to; null when all of it is.</summary>
    public string? Changed(PreparedCommand command) => _links.Changed(command.Spec, CancellationToken.None);

    private async Task<Prepared<CommandLine>> CommandAsync(Assignment assignment, Workspace workspace, Tool tool, string? searchPath, CacheUses uses)
    {
        if (assignment.Spec.Command is not { } command) return await _scripts.PrepareAsync(assignment, workspace, tool, searchPath, uses);
        var parameters = Parameters.FromJson(assignment.Spec.Parameters.GetRawText());
        return CommandTemplate.Parse(command).Render(parameters, assignment.Seed, assignment.Repeat, assignment.Run).Match(
            rendered => CommandLine.Shell(rendered),
            faults => Prepared<CommandLine>.Refused(string.Join('\n', faults)));
    }

    private static Prepared<PreparedCommand> Refused(string reason) => Prepared<PreparedCommand>.Refused(reason);
}

/// <summary>A command that is ready to start.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Variables">All of its environment.</param>
/// <param name="Spec">The attempt's, with the paths that its data has on this machine.</param>
public sealed record PreparedCommand(CommandLine Command, IReadOnlyDictionary<string, string> Variables, WorkSpec Spec);
