using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tenfold.App;
using Tenfold.App.Serving.Drift;
using Tenfold.App.Serving.Requests;
using Tenfold.App.Views;
using Tenfold.Cli.Infra;
using Tenfold.Cli.Output;
using Tenfold.Core.Requests;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold requests</c>: shows, exports and deletes the logged requests of a model.</summary>
internal static class RequestsCommand
{
    private const int Rows = 20;

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var options = new RequestsOptions();
        var description = "Show the requests to a model, newest first, with its traffic by version."
            .WithExample(
                "tenfold requests iris", "tenfold requests iris --since 1h --status 5xx --json",
                "tenfold requests iris --version 1.1.0 --export iris.parquet", "tenfold requests iris --drift --against train.csv",
                "tenfold requests iris --delete-older-than 90d", "tenfold requests iris --since 1h --on aws");
        var command = new Command("requests", description);
        options.AddTo(command);
        return command.WithAction(async (parsed, here, cancellationToken) =>
        {
            using var place = await ServingOn.OpenAsync(parsed, options.On, here, cancellationToken);
            var services = place?.Services ?? here;
            var query = options.Read(parsed, services.Time.GetUtcNow());
            var reader = new RequestReader(services);
            await reader.FindModelAsync(query.Model, cancellationToken).OrFailAsync();
            if (parsed.GetValue(options.DeleteOlderThan) is { } age)
            {
                // What looks like a restriction or another task would not hold back a deletion.
                if (parsed.GetValue(options.Drift) || parsed.GetValue(options.Export) is not null)
                    throw new CommandException(ExitCodes.BadInput, "--delete-older-than can't be combined with --export or --drift");
                return await DeleteAsync(services, query, RequestsOptions.Period(age, "--delete-older-than"), cancellationToken);
            }

            if (parsed.GetValue(options.Drift)) return await DriftAsync(parsed, options, query, services, cancellationToken);
            if (parsed.GetValue(options.Export) is { } file)
            {
                var count = await reader.ExportAsync(query, file, parsed.GetValue(options.Overwrite), cancellationToken).OrFailAsync();
                Terminal.Say($"{Numbers.Count(count, "request")} exported to {file}");
            }
            else if (parsed.GetValue(options.Json))
            {
                await WriteJsonAsync(services.Requests, query, cancellationToken);
            }
            else
            {
                await WriteTextAsync(services, query, cancellationToken);
            }

            // Of gateways elsewhere, this machine sees no spool.
            if (place is null && await reader.MeasureBacklogAsync(cancellationToken) is > 1000 and var waiting)
            {
                Terminal.Say(
                    $"{Numbers.Size(waiting)} of requests are recorded but not in the database yet. A running gateway loads them within " +
                    "seconds; without one, start `tenfold gateway`");
            }

            return ExitCodes.Success;
        });
    }

    private static async Task<int> DriftAsync(
        ParseResult parsed, RequestsOptions options, RequestQuery query, Services services, CancellationToken cancellationToken)
    {
        var request = new DriftRequest(query.Model) { Version = query.Version, Against = parsed.GetValue(options.Against) };
        if (query.Since is { } since) request = request with { Window = services.Time.GetUtcNow() - since };
        var drift = await new DriftReader(services.Requests, services.Time).ReadAsync(request, cancellationToken).OrFailAsync();
        if (parsed.GetValue(options.Json)) Json.Write(DriftView.Of(drift), ViewJson.Default.DriftView);
        else DriftTable.Write(Console.Out, drift);
        return ExitCodes.Success;
    }

    private static async Task<int> DeleteAsync(Services services, RequestQuery query, TimeSpan age, CancellationToken cancellationToken)
    {
        if (query.Version is not null || query.MinStatus is not null || query.Outcome is not null || query.Key is not null
            || query.Since is not null || query.Limit is not null)
        {
            throw new CommandException(
                ExitCodes.BadInput, "--delete-older-than deletes all requests of a model; it takes no other restriction");
        }

        var deleted = await services.Requests.DeleteAsync(query.Model, services.Time.GetUtcNow() - age, cancellationToken);
        Terminal.Say($"{Numbers.Count(deleted, "request")} deleted");
        return ExitCodes.Success;
    }

    private static async Task WriteJsonAsync(IRequestLog log, RequestQuery query, CancellationToken cancellationToken)
    {
        await using var output = new StandardOutput();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        await using var writer = new Utf8JsonWriter(output, options);
        writer.WriteStartArray();
        await foreach (var request in log.ReadAsync(query, cancellationToken))
        {
            RequestJsonWriter.Write(writer, request);
            await writer.FlushAsync(cancellationToken);
        }

        writer.WriteEndArray();
        await writer.FlushAsync(cancellationToken);
        output.WriteByte((byte)'\n');
    }

    private static async Task WriteTextAsync(Services services, RequestQuery query, CancellationToken cancellationToken)
    {
        var traffic = await services.Requests.SummarizeAsync(query.Model, query.Since, query.Until, cancellationToken);
        if (traffic.Count == 0)
        {
            Terminal.Say("no requests in this period");
            return;
        }

        var versions = new TextTable("VERSION", "REQUESTS>", "4XX>", "FAILED>", "MEAN MS>", "?SHADOW>", "?LAST");
        foreach (var one in traffic)
        {
            versions.Add(
                one.Version, $"{one.Requests}", $"{one.ClientErrors}", $"{one.ServerErrors}", $"{one.MeanLatencyMilliseconds:F1}",
                $"{one.Shadows}", Time(one.LastAt));
        }

        versions.Write(Console.Out, Terminal.Width);
        Console.Out.WriteLine();
        var table = new TextTable("TIME", "STATUS>", "OUTCOME", "VERSION", "?KEY", "MS>", "ID", "REQUEST", "REPLY");
        var limited = query with { Limit = query.Limit ?? Rows, IsNewestFirst = true };
        await foreach (var request in services.Requests.ReadAsync(limited, cancellationToken))
        {
            table.Add(
                Time(request.At), $"{request.Status}", Outcome(request), request.Version, request.Key,
                $"{request.Latency.TotalMilliseconds:F1}", $"{request.Id}", Body(request.RequestBody), Body(request.ReplyBody));
        }

        table.Write(Console.Out, Terminal.Width);
    }

    private static string Outcome(LoggedRequest request) =>
        request.Kind == RequestKind.Shadow ? $"shadow, {RequestWords.Of(request.Outcome)}" : RequestWords.Of(request.Outcome);

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss");

    private static string Body(ReadOnlyMemory<byte> body)
    {
        const int Shown = 60;
        var text = System.Text.Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, Shown)]);
        return body.Length > Shown ? $"{text}…" : text;
    }
}
