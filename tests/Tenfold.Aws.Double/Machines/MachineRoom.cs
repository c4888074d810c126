using System.Collections.Concurrent;

namespace Tenfold.Aws.Double.Machines;

/// <summary>All machines of the double, so that none is left at the end.</summary>
internal sealed class MachineRoom : IDisposable
{
    private readonly ConcurrentDictionary<Machine, bool> _running = new();
    private volatile bool _isClosed;

    /// <summary>True once the double ends: nothing starts any longer.</summary>
    public bool IsClosed => _isClosed;

    public Machine Start(MachineSpec spec)
    {
        var machine = Machine.Start(spec);
        _running[machine] = true;
        _ = machine.Ended.ContinueWith(_ => _running.TryRemove(machine, out var _), TaskScheduler.Default);
        if (_isClosed) machine.Kill();
        return machine;
    }

    /// <summary>Starts nothing any longer.</summary>
    public void Close() => _isClosed = true;

    public void Dispose()
    {
        Close();
        var machines = _running.Keys.ToArray();
        foreach (var machine in machines) machine.Kill();
        Task.WaitAll(machines.Select(machine => (Task)machine.Ended).ToArray());
    }
}
