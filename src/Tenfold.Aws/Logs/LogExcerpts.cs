using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Logs;

/// <summary>Reads the last lines of a log, which become a part of a reason.</summary>
/// <param name="logs">CloudWatch Logs.</param>
internal sealed class LogExcerpts(LogsClient logs)
{
    private const int MaxLines = 10, MaxLength = 300, MaxPages = 3;

    /// <summary>Reads the last lines of a stream; empty when there are none, or the user may not read them.</summary>
    /// <remarks>The log is only more detail, so no fault of AWS counts. A page may be empty although others have events.</remarks>
    public async Task<string> ReadAsync(string group, string stream, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetLogEventsRequest(group, stream) { Limit = MaxLines, StartFromHead = false };
            for (var page = 0; page < MaxPages; page++)
            {
                var answer = await logs.GetLogEventsAsync(request, cancellationToken);
                if (answer.Events.Count > 0)
                    return string.Join('\n', answer.Events.Select(log => Clean(log.Message ?? "")).Where(line => line.Length > 0));
                if (answer.NextBackwardToken is not { Length: > 0 } token || token == request.NextToken) break;
                request = request with { NextToken = token };
            }
        }
        catch (AwsException)
        {
        }

        return "";
    }

    private static string Clean(string line)
    {
        var clean = string.Concat(line.Where(c => !char.IsControl(c))).Trim();
        return clean.Length <= MaxLength ? clean : clean[..MaxLength] + "…";
    }
}
