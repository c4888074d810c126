using Tenfold.Core.Platform;

namespace Tenfold.App.Serving.Replicas;

/// <summary>One process of a version, with its port and its log, until none of its group is left.</summary>
internal sealed class ServiceProcess
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ReplicaOwner _owner;
    private readonly ReplicaLog _log;
    private readonly string _id;
    private readonly ServiceContainer? _container;
    private readonly long _since;

    private ServiceProcess(
        ServiceContainer? container, ReplicaOwner owner, ReplicaLog log, string id, long since, Uri endpoint, ChildProcess process) =>
        (_container, _owner, _log, _id, _since, Endpoint, Process) = (container, owner, log, id, since, endpoint, process);

    /// <summary>The process that was started, which leads its group.</summary>
    public ChildProcess Process { get; }

    /// <summary>Where it answers once it listens.</summary>
    public Uri Endpoint { get; }

    /// <summary>True while a process of its group is alive.</summary>
    public bool IsAlive => ProcessTable.GroupIsAlive(Process.Id);

    /// <summary>The last lines that it printed; empty when there are none.</summary>
    public string LastLines => _log.LastLines(_since);

    /// <summary>Starts a process on a free port.</summary>
    /// <param name="version">The version.</param>
    /// <param name="owner">The process that owns it.</param>
    /// <param name="id">The replica's id, which marks all of its processes.</param>
    /// <param name="log">Its log.</param>
    /// <param name="fault">Why it was not started; null when it was.</param>
    public static ServiceProcess? Start(ServedVersion version, ReplicaOwner owner, string id, ReplicaLog log, out ReplicaFault? fault)
    {
        fault = null;
        if (log.Create() is { } unwritable) fault = new ReplicaFault.NotStarted(unwritable);
        if (fault is not null) return null;
        if ((version.Port ?? LoopbackPorts.Take()) is not { } port)
        {
            fault = new ReplicaFault.NotStarted("no port of this machine is free");
            return null;
        }

        var since = log.Length;
        try
        {
            if (version.Container is { } container) owner.Containers.Add(ServedVersion.ContainerOf(id), container);
            var process = ChildProcess.Start(version.ToStart(port, owner, id, log.Path), owner.Time);
            owner.Guard.Add(process.Id);
            var endpoint = new Uri(FormattableString.Invariant($"http://{version.Host}:{port}"));
            return new ServiceProcess(version.Container, owner, log, id, since, endpoint, process);
        }
        catch (Exception e) when (e is ProcessStartException or IOException)
        {
            LoopbackPorts.Release(port);
            fault = new ReplicaFault.NotStarted(e.Message);
            return null;
        }
    }

    /// <summary>How it ended.</summary>
    /// <param name="wasReady">True when it had been ready.</param>
    public async Task<ReplicaFault> DescribeEndAsync(bool wasReady)
    {
        var end = await Process.Ended;
        return new ReplicaFault.Exited(end.ExitCode, end.Signal, wasReady, LastLines);
    }

    /// <summary>Asks it to finish what is in flight and to end.</summary>
    public void Terminate()
    {
        // Buildah's own processes would end at once, and what they run with them.
        var isInside = _container is { IsBuildah: true } && ProcessTable.TerminateMarked(ReplicaOwner.ReplicaMarker, _id) > 0;
        if (!isInside) Process.Terminate();
    }

    /// <summary>Waits until none of its group is alive.</summary>
    /// <param name="patience">How long to wait.</param>
    /// <returns>False when one is still alive.</returns>
    public async Task<bool> WaitForEndAsync(TimeSpan patience)
    {
        // The shell may end at once while the service behind it still drains, so the whole group counts.
        var since = _owner.Time.GetTimestamp();
        while (IsAlive)
        {
            if (_owner.Time.GetElapsedTime(since) >= patience) return false;
            await Task.Delay(Pause, _owner.Time);
        }

        return true;
    }

    /// <summary>The processes that carry the replica's mark.</summary>
    public IReadOnlyList<int> FindMarked() => ProcessTable.Marked(ReplicaOwner.ReplicaMarker, _id);

    /// <summary>Kills what is left of it, and gives its port back.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await ProcessTable.KillMarkedAsync(ReplicaOwner.ReplicaMarker, _id, _owner.Time);
        await Process.Ended;
        if (_container is not null) await _owner.Containers.RemoveAsync(ServedVersion.ContainerOf(_id));
        _owner.Guard.Remove(Process.Id);
        LoopbackPorts.Release(Endpoint.Port);
    }
}
