using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tenfold.App.Logs;
using Tenfold.App.Views;

namespace Tenfold.Server.Api;

/// <summary>Sends a log. Memory does not grow with the log, nor with how slowly it is received.</summary>
/// <param name="log">The log.</param>
/// <param name="limit">How many lines at most; null for all.</param>
/// <param name="time">The clock.</param>
/// <param name="end">Called at the end.</param>
/// <param name="isAllowed">Tells whether the key is still known. The connection is broken when it was removed.</param>
/// <param name="stopping">Cancelled when the server stops: the connection is broken then, so that the log does not look complete.</param>
internal sealed class LogReply(
    RunLog log, int? limit, TimeProvider time, Action end, Func<CancellationToken, Task<bool>> isAllowed, CancellationToken stopping)
    : IResult
{
    // Proxies close a connection on which nothing is sent for a minute.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    // So long a key may have been removed before its log ends.
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(5);

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
            httpContext.Response.ContentType = LogPaths.MediaType;
            await httpContext.Response.StartAsync(ends.Token);
            await SendAsync(httpContext, ends.Token);
        }
        finally
        {
            end();
        }
    }

    private async Task SendAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var body = context.Response.BodyWriter;
        var (left, sentAt, checkedAt) = (limit, time.GetTimestamp(), time.GetTimestamp());
        await foreach (var update in log.ReadAsync(cancellationToken))
        {
            foreach (var line in LinesOf(update))
            {
                if (line.Source != LogNotes.Source && left is { } more)
                {
                    if (more == 0) return;
                    left = more - 1;
                }

                JsonSerializer.Serialize(new Utf8JsonWriter(body), line, LineJson.Default.LogView);
                await body.WriteAsync(LineEnd, cancellationToken);
                sentAt = time.GetTimestamp();
            }

            if (time.GetElapsedTime(checkedAt) > Trust)
            {
                checkedAt = time.GetTimestamp();
                if (!await isAllowed(cancellationToken))
                {
                    context.Abort();
                    return;
                }
            }

            if (update is LogUpdate.CaughtUp && time.GetElapsedTime(sentAt) > Silence)
            {
                await body.WriteAsync(LineEnd, cancellationToken);
                sentAt = time.GetTimestamp();
            }
        }
    }

    private IEnumerable<LogView> LinesOf(LogUpdate update) => update switch
    {
        LogUpdate.Output output => output.Lines.Select(LogView.Of),
        _ => LogNotes.Of(update) is { } note ? [new LogView(time.GetUtcNow(), LogNotes.Source, note, Continues: false)] : [],
    };
}
