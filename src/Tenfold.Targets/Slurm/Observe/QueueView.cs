using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>A listing of jobs, indexed by attempt.</summary>
internal sealed class QueueView
{
    private readonly Dictionary<string, SlurmJob> _byAttempt = [];
    private readonly List<(string Ledger, string Attempt)> _live = [];

    /// <summary>Indexes a listing.</summary>
    /// <param name="jobs">The jobs of this user. Jobs of other tools are ignored.</param>
    public QueueView(IReadOnlyList<SlurmJob> jobs)
    {
        // The elements of an array share one comment.
        var labels = new Dictionary<string, JobLabel?>();
        var arrays = new Dictionary<long, (SlurmJob Job, JobLabel Label)>();
        foreach (var job in jobs)
        {
            if (job.Comment is null) continue;
            if (!labels.TryGetValue(job.Comment, out var label)) labels[job.Comment] = label = JobLabel.Read(job.Comment);
            if (label is null) continue;
            arrays.TryAdd(job.Id, (job, label));
            // An array that was cancelled as a whole before it began no longer lists indices.
            if (job.Indices.Count == 0 || job.HasMore) arrays[job.Id] = (job, label);
            foreach (var index in job.Indices)
                if (index < label.Attempts.Count) Add(label, index, job.Indices.Count == 1 ? job : job with { Indices = [index] });
        }

        foreach (var (job, label) in arrays.Values) AddUnlisted(job, label);
    }

    /// <summary>How many attempts wait, of all ledgers.</summary>
    public int Waiting { get; private set; }

    /// <summary>The attempts that have not ended.</summary>
    /// <param name="ledger">The ledger that submitted them.</param>
    public IReadOnlyList<string> Live(string ledger) =>
        [.. _live.Where(entry => entry.Ledger == ledger).Select(entry => entry.Attempt).Distinct()];

    /// <summary>All attempts of the array that an attempt belongs to, by index; the attempt alone when no array is listed.</summary>
    public IReadOnlyList<string> ArrayOf(string attempt) =>
        _byAttempt.GetValueOrDefault(attempt)?.Comment is { } comment && JobLabel.Read(comment) is { } label ? label.Attempts : [attempt];

    /// <summary>How many attempts of a group wait or run.</summary>
    public int LiveOf(string group) => _live.Count(entry => Core.Runs.RunNames.GroupOf(entry.Attempt) == group);

    /// <summary>
    /// Finds the element that carries the attempt's name; null when there is none. Of two elements, a live one counts, then the newer one.
    /// </summary>
    public SlurmJob? Find(string attempt) => _byAttempt.GetValueOrDefault(attempt);

    private void Add(JobLabel label, int index, SlurmJob job)
    {
        var attempt = label.Attempts[index];
        if (!JobStates.IsEnded(job.State)) _live.Add((label.Ledger, attempt));
        if (job.State == "PENDING") Waiting++;
        var isNewer = !_byAttempt.TryGetValue(attempt, out var other) || (Rank(job), job.Id).CompareTo((Rank(other), other.Id)) > 0;
        if (isNewer) _byAttempt[attempt] = job;
    }

    private void AddUnlisted(SlurmJob job, JobLabel label)
    {
        for (var index = 0; index < label.Attempts.Count; index++)
        {
            if (_byAttempt.ContainsKey(label.Attempts[index])) continue;
            if (job.HasMore) Add(label, index, job with { Indices = [index] });
            else
            {
                var state = job.Indices.Count == 0 ? job.State : JobStates.Unlisted;
                _byAttempt[label.Attempts[index]] = job with { Indices = [index], State = state, Reason = "None", Nodes = "" };
            }
        }
    }

    private static int Rank(SlurmJob job) => JobStates.IsEnded(job.State) ? 0 : job.State == "PENDING" ? 1 : 2;
}
