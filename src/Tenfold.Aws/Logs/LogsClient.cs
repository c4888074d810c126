using System.Runtime.CompilerServices;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Logs;

/// <summary>Amazon CloudWatch Logs: the operations that reading and removing logs needs.</summary>
/// <remarks>Source: the API's model, logs/2014-03-28.</remarks>
internal sealed class LogsClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    internal static readonly WireService Service = new("CloudWatch Logs", WireProtocol.Json11, "logs", "logs", "2014-03-28")
    {
        Target = "Logs_20140328",
    };

    private static readonly LogsJson Json = LogsJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>Reads a page of a stream.</summary>
    public Task<GetLogEventsAnswer> GetLogEventsAsync(GetLogEventsRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("GetLogEvents", request, Json.GetLogEventsRequest, Json.GetLogEventsAnswer, cancellationToken);

    /// <summary>
    /// Reads a stream forward to its present end. An empty page is not the end: the end is where the service gives the same token again.
    /// </summary>
    /// <returns>The pages. The last page's <see cref="GetLogEventsAnswer.NextForwardToken"/> continues later, within 24 hours.</returns>
    public async IAsyncEnumerable<GetLogEventsAnswer> ReadForwardAsync(
        GetLogEventsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var token = request.NextToken; ;)
        {
            var page = await GetLogEventsAsync(request with { NextToken = token, StartFromHead = true }, cancellationToken);
            yield return page;
            if (page.NextForwardToken is not { Length: > 0 } next || next == token) yield break;
            token = next;
        }
    }

    /// <summary>Lists log groups, over all pages.</summary>
    public IAsyncEnumerable<LogGroup> DescribeLogGroupsAsync(DescribeLogGroupsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeLogGroups", request with { NextToken = page }, Json.DescribeLogGroupsRequest, Json.DescribeLogGroupsAnswer, token),
            answer => answer.LogGroups, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists the streams of a group, over all pages.</summary>
    public IAsyncEnumerable<LogStreamSummary> DescribeLogStreamsAsync(
        DescribeLogStreamsRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "DescribeLogStreams", request with { NextToken = page }, Json.DescribeLogStreamsRequest, Json.DescribeLogStreamsAnswer,
                token),
            answer => answer.LogStreams, answer => answer.NextToken, cancellationToken);

    /// <summary>Lists the tags of a group.</summary>
    public Task<ListTagsLogGroupAnswer> ListTagsLogGroupAsync(ListTagsLogGroupRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("ListTagsLogGroup", request, Json.ListTagsLogGroupRequest, Json.ListTagsLogGroupAnswer, cancellationToken);

    /// <summary>Deletes a group with its streams.</summary>
    public Task<WireNothing> DeleteLogGroupAsync(DeleteLogGroupRequest request, CancellationToken cancellationToken) =>
        _wire.CallAsync("DeleteLogGroup", request, Json.DeleteLogGroupRequest, Json.WireNothing, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
