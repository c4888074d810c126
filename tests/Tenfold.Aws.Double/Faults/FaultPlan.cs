namespace Tenfold.Aws.Double.Faults;

/// <summary>Which calls go wrong.</summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];

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

    /// <summary>From now on all calls work.</summary>
    public void Clear()
    {
        lock (_gate) _rules.Clear();
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
            return found;
        }
    }

    private sealed record Rule(string Service, string Operation, Fault Fault, int First, int? Times)
    {
        public int Calls { get; set; }

        public bool Fits(string service, string operation) => Service is "*" || Service == service
            ? Operation is "*" || Operation == operation : false;
    }
}
