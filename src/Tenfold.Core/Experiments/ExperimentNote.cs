namespace Tenfold.Core.Experiments;

/// <summary>Something a reader should know before believing an experiment: a code and its data, without words.</summary>
/// <remarks>Hosts find the words in <c>Tenfold.Reports.Text.ExperimentText</c>.</remarks>
public abstract record ExperimentNote
{
    private ExperimentNote(string code) => Code = code;

    /// <summary>The kind of note, stable from release to release: <c>sample-ratio-mismatch</c>.</summary>
    public string Code { get; }

    /// <summary>Keys, or keys with an outcome, don't arrive at the arms in the intended shares.</summary>
    /// <param name="Of">Which keys.</param>
    /// <param name="Baseline">The baseline's number of keys.</param>
    /// <param name="Candidate">The candidate's number of keys.</param>
    /// <param name="Expected">How many of both the candidate should have.</param>
    /// <param name="PValue">The p-value, valid however often one looks.</param>
    public sealed record SampleRatioMismatch(CountedKeys Of, long Baseline, long Candidate, double Expected, double PValue)
        : ExperimentNote("sample-ratio-mismatch");

    /// <summary>The arms have too few keys with an outcome for a first look.</summary>
    /// <param name="Baseline">The baseline's number of keys with an outcome.</param>
    /// <param name="Candidate">The candidate's number of keys with an outcome.</param>
    /// <param name="Needed">How many each arm needs.</param>
    public sealed record TooFewKeys(long Baseline, long Candidate, long Needed) : ExperimentNote("too-few-keys");

    /// <summary>No request has an outcome of the metric yet.</summary>
    /// <param name="Metric">The metric.</param>
    public sealed record NoOutcomes(string Metric) : ExperimentNote("no-outcomes");

    /// <summary>All outcomes are equal.</summary>
    /// <param name="Value">Their value.</param>
    public sealed record EqualOutcomes(double Value) : ExperimentNote("equal-outcomes");

    /// <summary>Keys have no outcome yet, or never get one.</summary>
    /// <param name="Missing">How many keys.</param>
    /// <param name="Keys">The number of all keys.</param>
    public sealed record OutcomesMissing(long Missing, long Keys) : ExperimentNote("outcomes-missing");

    /// <summary>Requests came without a key. Each counts as a user of its own.</summary>
    /// <param name="Requests">How many requests.</param>
    /// <param name="Units">The number of all keys and requests without a key.</param>
    public sealed record WithoutKey(long Requests, long Units) : ExperimentNote("without-key");

    /// <summary>Keys were served by both arms, because the shares changed. What came after the change doesn't count.</summary>
    /// <param name="Keys">How many keys.</param>
    public sealed record KeysMoved(long Keys) : ExperimentNote("keys-moved");

    /// <summary>Keys came while an arm had no traffic, or by an unknown route. They don't count.</summary>
    /// <param name="Keys">How many keys.</param>
    public sealed record KeysOutside(long Keys) : ExperimentNote("keys-outside");

    /// <summary>An arm has no traffic now, so that nothing more is learned.</summary>
    /// <param name="Version">The arm's version.</param>
    public sealed record NoTraffic(string Version) : ExperimentNote("no-traffic");

    /// <summary>A period between two changes of the shares was too short to compare the arms in it.</summary>
    /// <param name="Periods">How many such periods.</param>
    /// <param name="Keys">The number of keys with an outcome in them.</param>
    public sealed record PeriodsLeftOut(int Periods, long Keys) : ExperimentNote("periods-left-out");
}

/// <summary>Which keys a sample-ratio test counts.</summary>
public enum CountedKeys
{
    /// <summary>All keys with a request.</summary>
    All,

    /// <summary>The keys with an outcome.</summary>
    WithOutcome,
}
