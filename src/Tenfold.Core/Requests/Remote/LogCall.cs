using System.Text.Json.Serialization;

namespace Tenfold.Core.Requests.Remote;

/// <summary>A call of a request log that another machine can reach: one case for each operation of <see cref="IRequestLog"/> that
/// users need.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "call")]
[JsonDerivedType(typeof(Read), "read")]
[JsonDerivedType(typeof(Find), "find")]
[JsonDerivedType(typeof(Summarize), "summarize")]
[JsonDerivedType(typeof(Aggregate), "aggregate")]
[JsonDerivedType(typeof(Models), "models")]
[JsonDerivedType(typeof(Spools), "spools")]
[JsonDerivedType(typeof(FeedbackOf), "feedback")]
[JsonDerivedType(typeof(AddFeedback), "add-feedback")]
[JsonDerivedType(typeof(Delete), "delete")]
[JsonDerivedType(typeof(DeleteVersion), "delete-version")]
public abstract record LogCall
{
    /// <summary>Reads requests.</summary>
    public sealed record Read(RequestQuery Query) : LogCall;

    /// <summary>Finds a request.</summary>
    public sealed record Find(Guid Id) : LogCall;

    /// <summary>Sums up a model's traffic.</summary>
    public sealed record Summarize(string Model, DateTimeOffset? Since, DateTimeOffset? Until) : LogCall;

    /// <summary>Aggregates requests by key.</summary>
    public sealed record Aggregate(OutcomeQuery Query) : LogCall;

    /// <summary>Lists the models.</summary>
    public sealed record Models : LogCall;

    /// <summary>Lists the spools.</summary>
    public sealed record Spools : LogCall;

    /// <summary>Lists the feedback on a request.</summary>
    public sealed record FeedbackOf(Guid Request) : LogCall;

    /// <summary>Adds feedback.</summary>
    public sealed record AddFeedback(IReadOnlyList<Feedback> Values) : LogCall;

    /// <summary>Deletes old requests.</summary>
    public sealed record Delete(string? Model, DateTimeOffset Before) : LogCall;

    /// <summary>Deletes a version's requests.</summary>
    public sealed record DeleteVersion(string Model, string Version) : LogCall;
}

/// <summary>How calls and their answers are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LogCall))]
[JsonSerializable(typeof(IReadOnlyList<VersionTraffic>))]
[JsonSerializable(typeof(IReadOnlyList<KeyOutcome>))]
[JsonSerializable(typeof(IReadOnlyList<LoadedSpool>))]
[JsonSerializable(typeof(IReadOnlyList<Feedback>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(FeedbackCounts))]
[JsonSerializable(typeof(long))]
internal sealed partial class LogCallJson : JsonSerializerContext;
