using Tenfold.Core.Queueing;
using Tenfold.Projects.Schedules;
using Tenfold.Projects.Shapes;

namespace Tenfold.Projects.Keys;

/// <summary>The keys of <c>limits</c>, in <c>tenfold.yaml</c> and in <c>server.yaml</c>.</summary>
internal static class LimitKeys
{
    public static readonly Field<object> Runs = new("runs", Scalars.Whole(1, 100_000),
        "How many runs may be at their targets at the same time. Further ones wait.", "8")
    { DefaultWords = "no limit" };

    public static readonly Field<object> DollarsPerDay = new("dollars_per_day", Units.Dollars,
        "What the machines of a day's runs may cost in US dollars. When that is spent, or reserved for runs that have started, further "
        + "ones wait for the next day. Nothing is stopped. Runs whose price is unknown are not counted.", "20")
    { DefaultWords = "no limit" };

    public static readonly Field<string> Zone = new("zone", Scalars.Text("a time zone", CronTimes.ZoneFault),
        "The time zone in which a day begins.", "Europe/Berlin")
    { DefaultWords = "`UTC`" };

    /// <summary>The shape of the limits.</summary>
    public static readonly ObjectShape<RunLimits> Shape = new("{ runs: …, dollars_per_day: … }, or one of them",
        [Runs, DollarsPerDay, Zone], values => new RunLimits
        {
            Runs = values.Maybe<int>(Runs),
            UsdPerDay = values.Maybe<decimal>(DollarsPerDay),
            Zone = values.Get(Zone),
        });

    public static readonly Field<RunLimits> OfProject = new("limits", Shape,
        "What the runs of the project may take together, on all targets; see docs/queue.md.", "{ runs: 8, dollars_per_day: 20 }")
    { DefaultWords = "no limits" };

    public static readonly Field<RunLimits> OfHome = new("limits", Shape,
        "What all runs of the ledger may take together. Commands and servers of this home keep it; see docs/queue.md.",
        "{ runs: 8, dollars_per_day: 20 }")
    { DefaultWords = "no limits" };
}
