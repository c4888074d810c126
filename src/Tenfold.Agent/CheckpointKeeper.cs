using Tenfold.Agent.Output;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;

namespace Tenfold.Agent;

/// <summary>
/// Keeps an attempt's checkpoints for the next attempt. Under a host they go to the store. On this machine, the attempts of a run share a
/// folder, and copies of whole sets lie beside it, for the case that a file of it is incomplete.
/// </summary>
internal sealed class CheckpointKeeper : IDisposable
{
    private readonly LocalCheckpoints? _local;
    private readonly CheckpointSaver _saver;

    /// <summary>Prepares to keep the checkpoints of an attempt whose command is about to start.</summary>
    public CheckpointKeeper(AgentSettings settings, Assignment assignment, Workspace workspace, StoreRetry retry, AttemptLog log)
    {
        _local = settings.Host is null ? new LocalCheckpoints(settings.Home, assignment.Run) : null;
        _local?.Begin(assignment.Number);
        _saver = new CheckpointSaver(settings, _local?.Copies ?? settings.Store, assignment.Attempt, workspace.Checkpoints, retry, log)
        {
            HasRoom = _local is null ? null : _local.HasRoom,
        };
    }

    /// <summary>Restores the checkpoint of the attempts before.</summary>
    /// <returns>When the checkpoint was written; null when the attempt starts from the beginning.</returns>
    public static async Task<DateTimeOffset?> RestoreAsync(
        AgentSettings settings, Assignment assignment, Workspace workspace, AttemptLog log, StoreRetry retry,
        CancellationToken cancellationToken)
    {
        if (assignment.Number == 1) return null;
        if (settings.Host is null) return await RestoreLocallyAsync(settings, assignment, workspace, log, cancellationToken);
        var checkpoints = new CheckpointReader(settings.Store);
        return await retry.RunAsync(
            () => checkpoints.RestoreAsync(assignment, workspace.Checkpoints, log.Note, cancellationToken), cancellationToken);
    }

    private static async Task<DateTimeOffset?> RestoreLocallyAsync(
        AgentSettings settings, Assignment assignment, Workspace workspace, AttemptLog log, CancellationToken cancellationToken)
    {
        var local = new LocalCheckpoints(settings.Home, assignment.Run);
        if (await local.FindIncompleteAsync(assignment, cancellationToken) is not { } incomplete) return workspace.CheckpointTime();
        if (incomplete.Length > 0)
            log.Note($"{incomplete} in the checkpoint folder may be incomplete: its writer or the agent ended while it was written");
        FolderRemoval.Delete(local.Folder);
        Directory.CreateDirectory(local.Folder);
        return await new CheckpointReader(local.Copies).RestoreAsync(assignment, local.Folder, log.Note, cancellationToken);
    }

    /// <summary>Saves sets until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _saver.RunAsync(cancellationToken);

    /// <summary>Examines what the command left when it has not succeeded, and saves it if it is whole.</summary>
    /// <param name="end">How the command's processes ended.</param>
    /// <returns>A warning when the next attempt does not get what the command left; null when it does.</returns>
    public async Task<Warning?> FinishAsync(WriterEnd end)
    {
        if (_local is null) return await _saver.FinishAsync(end);
        try
        {
            var incomplete = _saver.FindIncomplete(end);
            _local.End(isWhole: incomplete is null);
            return incomplete;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The mark of an attempt without an end stays, and the next attempt examines the folder.
            return new Warning.CheckpointNotStored(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _saver.Dispose();
}
