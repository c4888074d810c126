using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Calls;

/// <summary>A call that the double received.</summary>
/// <param name="Service">The service, by its name in signatures.</param>
/// <param name="Operation">The operation; for S3, the HTTP method.</param>
/// <param name="Input">The request's members.</param>
/// <param name="Caller">The ARN of the caller.</param>
/// <param name="Region">The region.</param>
/// <param name="Error">The error's code; <c>lost</c> for an answer that was lost; null for success.</param>
public sealed record RecordedCall(string Service, string Operation, JsonObject Input, string Caller, string Region, string? Error);

/// <summary>The calls so far, in the order of their ends.</summary>
public sealed class CallLog
{
    private readonly ConcurrentQueue<RecordedCall> _calls = new();

    public IReadOnlyList<RecordedCall> All => [.. _calls];

    /// <summary>The number of calls of a service or operation, failed calls included.</summary>
    public int Count(string service, string? operation = null) =>
        _calls.Count(call => call.Service == service && (operation is null || call.Operation == operation));

    /// <summary>How often each operation was called, as <c>batch SubmitJob</c>, failed calls included.</summary>
    public IReadOnlyDictionary<string, int> Counts() =>
        _calls.CountBy(call => $"{call.Service} {call.Operation}").ToDictionary(StringComparer.Ordinal);

    public void Clear() => _calls.Clear();

    internal void Add(RecordedCall call) => _calls.Enqueue(call);
}
