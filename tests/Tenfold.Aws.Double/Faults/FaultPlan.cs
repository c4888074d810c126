namespace Tenfold.Aws.Double.Faults;

/// <summary>Which calls go wrong.</summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];
    private readonly List<Rate> _limits = [];

    /// <summary>Lets calls go wrong.</summary>
    /// <param name="service">The service, by its name in signatures, for example <c>batch</c>; <c>*</c> for every service.</param>
    /// <param name="operation">The operation; <c>*</c> for every operation.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="first">The first call that goes wrong, counted from now, from 1.</param>
    /// <param name="times">How many calls go wrong; null for all from the first on.</param>
    public void Add(string service, string operation, Fault fault, int first = 1, int? times = 1)
    {
        lock (_gate) _rules.Add(new(service, operation, fault, first, times));
    }

    /// <summary>Calls beyond a rate are throttled.</summary>
    /// <param name="service">The service.</param>
    /// <param name="operation">The operation; <c>*</c> for all of them together.</param>
    /// <param name="calls">How many calls are allowed.</param>
    /// <param name="per">In how much time.</param>
    /// <param name="time">The clock.</param>
    public void Limit(string service, string operation, int calls, TimeSpan per, TimeProvider? time = null)
    {
        lock (_gate) _limits.Add(new(service, operation, calls, per, time ?? TimeProvider.System));
    }

    /// <summary>From now on all calls work.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
            _limits.Clear();
        }
    }

    internal Fault? Next(string service, string operation)
    {
        lock (_gate)
        {
            Fault? found = null;
            foreach (var rule in _rules.Where(rule => rule.Fits(service, operation)))
            {
                rule.Calls++;
                if (rule.Calls >= rule.First && (rule.Times is not { } times || rule.Calls < rule.First + times)) found ??= rule.Fault;
            }
            return found ?? (_limits.Where(limit => limit.Fits(service, operation)).Any(limit => limit.IsOver()) ? Fault.Throttled : null);
        }
    }

    private static bool Fits(string wantedService, string wantedOperation, string service, string operation) =>
        (wantedService is "*" || wantedService == service) && (wantedOperation is "*" || wantedOperation == operation);

    private sealed record Rate(string Service, string Operation, int Calls, TimeSpan Per, TimeProvider Time)
    {
        private readonly Queue<long> _allowed = [];

        public bool Fits(string service, string operation) => FaultPlan.Fits(Service, Operation, service, operation);

        public bool IsOver()
        {
            while (_allowed.TryPeek(out var first) && Time.GetElapsedTime(first) >= Per) _allowed.Dequeue();
            if (_allowed.Count >= Calls) return true;
            _allowed.Enqueue(Time.GetTimestamp());
            return false;
        }
    }

    private sealed record Rule(string Service, string Operation, Fault Fault, int First, int? Times)
    {
        public int Calls { get; set; }

        public bool Fits(string service, string operation) => FaultPlan.Fits(Service, Operation, service, operation);
    }
}
