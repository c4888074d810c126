using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>A worker and the runs that it executed.</summary>
/// <param name="Name">The name of its machine and its number there. It comes from outside and must be escaped.</param>
/// <param name="Spans">The runs, ordered by start; a span that is still running has no end.</param>
public sealed record StudyLane(string Name, IReadOnlyList<TrialSpan> Spans);

/// <summary>Distributes spans over lanes: as few as there were workers at the same time.</summary>
internal static class StudyLanes
{
    /// <summary>Finds the lanes. A span whose lane is unknown goes to the first free lane of its machine.</summary>
    public static IReadOnlyList<StudyLane> Of(IReadOnlyList<TrialSpan> spans, DateTimeOffset now)
    {
        var lanes = new List<StudyLane>();
        var machines = spans.GroupBy(span => span.Host ?? "").OrderBy(machine => machine.Key, StringComparer.Ordinal).ToArray();
        foreach (var machine in machines)
        {
            var known = machine.Where(span => span.Lane is not null).GroupBy(span => span.Lane!.Value).OrderBy(lane => lane.Key)
                .Select(Sorted);
            List<TrialSpan>[] places = [.. known, .. Greedy(Sorted(machine.Where(span => span.Lane is null)), now)];
            var name = machine.Key.Length == 0 ? "worker" : machine.Key;
            var isAlone = places.Length == 1 && machines.Length > 1;
            lanes.AddRange(places.Select((place, i) => new StudyLane(isAlone ? name : $"{ParameterText.Cut(name, 10)} {i + 1}", place)));
        }

        return lanes;
    }

    private static List<List<TrialSpan>> Greedy(List<TrialSpan> spans, DateTimeOffset now)
    {
        var lanes = new List<List<TrialSpan>>();
        foreach (var span in spans)
        {
            var free = lanes.Find(lane => (lane[^1].End ?? now) <= span.Start);
            if (free is null) lanes.Add([span]);
            else free.Add(span);
        }

        return lanes;
    }

    private static List<TrialSpan> Sorted(IEnumerable<TrialSpan> spans) =>
        [.. spans.OrderBy(span => span.Start).ThenBy(span => span.Trial)];
}
