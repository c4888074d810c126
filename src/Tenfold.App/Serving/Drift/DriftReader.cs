using System.Text;
using Tenfold.App.Serving.Requests;
using Tenfold.Core.Requests;
using Tenfold.Numerics.Statistics.Drift;

namespace Tenfold.App.Serving.Drift;

/// <summary>Which requests are compared with what.</summary>
/// <param name="Model">The model.</param>
public sealed record DriftRequest(string Model)
{
    /// <summary>The version whose requests are the window; null: the one with the most requests in it.</summary>
    public string? Version { get; init; }

    /// <summary>How far back the window goes. Default one day.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// What is expected: a version, or a file of training data (CSV with a header, or JSON lines). Null: the other version with the most
    /// requests; without one, what came before the window.
    /// </summary>
    public string? Against { get; init; }

    /// <summary>How sure the report must be; null for the defaults.</summary>
    public DriftOptions? Options { get; init; }
}

/// <summary>How a window of requests differs from what is expected.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">The version of the window.</param>
/// <param name="Since">When the window begins.</param>
/// <param name="Against">What it is compared with, in words.</param>
/// <param name="Report">The features.</param>
/// <param name="LeftOut">
/// Columns of the training data that no request has, such as the label, or an input that clients no longer send. They can't be compared.
/// </param>
public sealed record DriftResult(
    string Model, string Version, DateTimeOffset Since, string Against, DriftReport Report, IReadOnlyList<string> LeftOut);

/// <summary>Compares requests with those of another version or of an earlier time, or with the training data.</summary>
/// <param name="requests">The request log.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// Requests of a user are not independent, so each key counts with its newest request. Failed requests, shadows and bodies that the log cut
/// are left out.
/// </remarks>
public sealed class DriftReader(IRequestLog requests, TimeProvider time)
{
    // A quarter of a million rows of training data tell as much as any larger file.
    private const int MostRequests = 20_000, MostRows = 250_000;

    /// <summary>Compares a window.</summary>
    /// <returns>The comparison; or a refusal: there is no request in the window, or nothing to compare it with.</returns>
    public async Task<Outcome<DriftResult>> ReadAsync(DriftRequest request, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - request.Window;
        var traffic = await requests.SummarizeAsync(request.Model, since, null, cancellationToken);
        // A version is not compared with itself when another one has requests.
        var candidates = traffic.Where(one => one.Version is not null).OrderBy(one => one.Version == request.Against)
            .ThenByDescending(one => one.Requests);
        var version = request.Version ?? candidates.FirstOrDefault()?.Version;
        if (version is null) return NoRequests($"{request.Model} has had no request", since);
        var window = await TableOfAsync(request.Model, version, since, null, cancellationToken);
        if (window.Rows == 0)
            return NoRequests($"{request.Model} {version} has had no answered request", since);
        var reference = await ReferenceAsync(request, version, since, cancellationToken);
        if (!reference.Succeeded(out var expected, out var refusal)) return refusal;
        string[] leftOut = expected.IsFile ? [.. expected.Table.Names.Except(window.Names)] : [];
        var names = expected.Table.Names.Union(window.Names).Where(name => !expected.IsFile || expected.Table.Names.Contains(name))
            .Except(leftOut);
        var report = DriftReport.Of(
            [.. names.Select(name => new FeaturePair(name, expected.Table.SampleOf(name), window.SampleOf(name)))], request.Options);
        return new DriftResult(request.Model, version, since, expected.Name, report, leftOut);
    }

    private async Task<Outcome<Expected>> ReferenceAsync(
        DriftRequest request, string version, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var all = await requests.SummarizeAsync(request.Model, null, null, cancellationToken);
        var isVersion = request.Against is not null && all.Any(one => one.Version == request.Against);
        if (request.Against is { } file && !isVersion)
        {
            return File.Exists(file) ? await FromFileAsync(file, cancellationToken)
                : Refusal.NotFound($"{file} is neither a version of {request.Model} with requests nor a file");
        }

        var others = all.Where(one => one.Version is not null && one.Version != version);
        var other = request.Against ?? others.MaxBy(one => one.Requests)?.Version;
        if (other is not null && other != version)
            return new Expected(other, await TableOfAsync(request.Model, other, null, null, cancellationToken), IsFile: false);
        var before = await TableOfAsync(request.Model, version, null, since, cancellationToken);
        return before.Rows > 0 ? new Expected($"{version} before {since:u}", before, IsFile: false)
            : Refusal.NotFound($"there is nothing to compare {version} with: name a version or a file of training data with --against");
    }

    private async Task<FeatureTable> TableOfAsync(
        string model, string version, DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var (table, keys) = (new FeatureTable(), new HashSet<string>());
        var query = new RequestQuery
        {
            Model = model,
            Version = version,
            Since = since,
            Until = until,
            Kind = RequestKind.Live,
            Outcome = RequestOutcome.Answered,
            MaxStatus = 399,
            IsNewestFirst = true,
            Limit = MostRequests,
        };
        await foreach (var one in requests.ReadAsync(query, cancellationToken))
        {
            if (one.IsRequestCut || one.IsReplyCut || (one.Key is { } key && !keys.Add(key))) continue;
            table.BeginRow();
            table.Add("input", one.RequestBody);
            table.Add("output", one.ReplyBody);
        }

        return table;
    }

    private static async Task<Outcome<Expected>> FromFileAsync(string file, CancellationToken cancellationToken)
    {
        var table = new FeatureTable();
        try
        {
            using var text = new StreamReader(file);
            if (file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) ReadCsv(text, table);
            else
            {
                while (table.Rows < MostRows && await text.ReadLineAsync(cancellationToken) is { } line)
                {
                    if (string.IsNullOrWhiteSpace(line)) continue;
                    table.BeginRow();
                    table.Add("input", Encoding.UTF8.GetBytes(line));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refusal.NotFound($"{file} can't be read: {e.Message}");
        }

        return table.Rows > 0 && table.Names.Count > 0 ? new Expected(Path.GetFileName(file), table, IsFile: true)
            : Refusal.BadInput($"{file} has no values: it must be a .csv file with a header, or JSON lines");
    }

    private static void ReadCsv(StreamReader text, FeatureTable table)
    {
        var csv = new CsvReader(text);
        if (csv.Read() is not { } header) return;
        while (table.Rows < MostRows && csv.Read() is { } row)
        {
            table.BeginRow();
            foreach (var (name, value) in header.Zip(row)) table.AddText($"input.{name}", value.Trim());
        }
    }

    private static Refusal NoRequests(string what, DateTimeOffset since) =>
        Refusal.NotFound($"{what} since {since:u}: choose a longer time with --since");

    private sealed record Expected(string Name, FeatureTable Table, bool IsFile);
}
