using Tenfold.Core.Queueing;

namespace Tenfold.Core.Tests.Queueing;

/// <summary>Machines that start waiting runs by the fair order, hour by hour.</summary>
internal sealed class SimulatedCluster(int machines)
{
    private readonly FairOrder _order = new();
    private readonly List<Waiting> _waiting = [];
    private readonly List<(QueueOwner Owner, int Until)> _running = [];
    private readonly Dictionary<QueueOwner, int> _starts = [], _hours = [];

    // For each owner: how many others started since the owner's oldest waiting run became its oldest.
    private readonly Dictionary<QueueOwner, int> _headSince = [];
    private int _hour, _started;

    public int LargestRun { get; init; } = 1;

    /// <summary>The most starts of others that a run at the head of its owner's queue had to let pass.</summary>
    public int LongestWait { get; private set; }

    public void Add(QueueOwner owner, int runs, int hours)
    {
        _headSince.TryAdd(owner, _started);
        for (var i = 0; i < runs; i++) _waiting.Add(new Waiting(owner, hours));
    }

    public int StartsOf(QueueOwner owner) => _starts.GetValueOrDefault(owner);

    public int HoursOf(QueueOwner owner) => _hours.GetValueOrDefault(owner);

    public int WaitingOf(QueueOwner owner) => _waiting.Count(one => one.Owner == owner);

    /// <summary>Advances until a run of the owner starts; returns how many other runs started before it.</summary>
    public int StartsUntil(QueueOwner owner)
    {
        var (before, own) = (_started, StartsOf(owner));
        while (StartsOf(owner) == own) Advance();
        return FirstStartAfter(before, owner);
    }

    /// <summary>Fills the free machines, and lets an hour pass.</summary>
    public void Advance()
    {
        foreach (var (owner, _) in _running.Where(run => run.Until <= _hour).ToList()) _order.End(owner);
        _running.RemoveAll(run => run.Until <= _hour);
        var begun = new List<Waiting>();
        foreach (var next in _order.Order([.. _waiting], one => one.Owner))
        {
            if (_running.Count == machines) break;
            begun.Add(next);
            Start(next);
        }

        foreach (var one in begun) _waiting.Remove(one);
        foreach (var (owner, _) in _running) _hours[owner] = HoursOf(owner) + 1;
        _hour++;
    }

    private readonly List<QueueOwner> _history = [];

    private void Start(Waiting next)
    {
        _order.Start(next.Owner);
        _running.Add((next.Owner, _hour + next.Hours));
        _history.Add(next.Owner);
        _starts[next.Owner] = StartsOf(next.Owner) + 1;
        LongestWait = Math.Max(LongestWait, _started - _headSince[next.Owner]);
        _started++;
        _headSince[next.Owner] = _started;
    }

    private int FirstStartAfter(int before, QueueOwner owner) => _history.Skip(before).TakeWhile(one => one != owner).Count();

    private sealed class Waiting(QueueOwner owner, int hours)
    {
        public QueueOwner Owner => owner;

        public int Hours => hours;
    }
}
