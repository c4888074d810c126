using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tenfold.App.Serving.Preparing;
using Tenfold.Core.Input;
using Tenfold.Core.Requests;

namespace Tenfold.App.Serving.Requests;

/// <summary>Reads, exports and deletes the logged requests of a model.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RequestReader(Services services)
{
    // Requests are flushed to the disk in pieces of this size.
    private const int PieceBytes = 1 << 20;

    /// <summary>Checks that a model has logged requests or a version.</summary>
    /// <returns>The model; or NotFound.</returns>
    public async Task<Outcome<string>> FindModelAsync(string model, CancellationToken cancellationToken)
    {
        var logged = await services.Requests.ListModelsAsync(cancellationToken);
        if (logged.Contains(model)) return model;
        var deployed = await services.Versions.ListVersionsAsync(null, cancellationToken);
        var models = logged.Concat(deployed.Select(version => version.Model)).Distinct().ToList();
        if (models.Contains(model)) return model;
        var hint = Nearest.To(model, models) is { } nearest ? $". Did you mean {nearest}?"
            : models.Count > 0 ? $". There are requests of {string.Join(", ", models.Order())}" : "";
        return Refusal.NotFound($"there is no model {Excerpt.Bare(model)}, and the request log has no request of it{hint}");
    }

    /// <summary>Writes requests to a file: as Parquet where its name ends in <c>.parquet</c>, else one JSON object a line.</summary>
    /// <param name="query">The requests.</param>
    /// <param name="file">The file; it appears once it is complete.</param>
    /// <param name="overwrite">Whether to replace an existing file.</param>
    /// <param name="cancellationToken">Stops it; no file is left.</param>
    /// <returns>How many were written; or AlreadyExists.</returns>
    public async Task<Outcome<long>> ExportAsync(
        RequestQuery query, string file, bool overwrite, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file);
        if (!overwrite && File.Exists(path)) return Refusal.AlreadyExists($"{file} exists: name another file, or use --overwrite");
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            long count;
            await using (var output = File.Create(temporary))
            {
                count = path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)
                    ? await WriteParquetAsync(query, output, cancellationToken)
                    : await WriteLinesAsync(query, output, cancellationToken);
            }

            File.Move(temporary, path, overwrite);
            return count;
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    /// <summary>How many bytes of requests are recorded on this machine's disk but not loaded yet.</summary>
    public async Task<long> MeasureBacklogAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(VersionHome, "spool");
        if (!Directory.Exists(folder)) return 0;
        var loaded = (await services.Requests.ListSpoolsAsync(cancellationToken)).ToDictionary(spool => spool.Id, spool => spool.Position);
        long total = 0;
        foreach (var spool in Directory.EnumerateDirectories(folder))
        {
            var id = Path.Combine(spool, "id");
            var position = File.Exists(id) && loaded.TryGetValue(File.ReadAllText(id).Trim(), out var stored) ? stored : default;
            foreach (var file in new DirectoryInfo(spool).EnumerateFiles("*.seg"))
            {
                var isNumber = long.TryParse(
                    Path.GetFileNameWithoutExtension(file.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var segment);
                if (isNumber && segment >= position.Segment) total += file.Length - (segment == position.Segment ? position.Offset : 0);
            }
        }

        return total;
    }

    private string VersionHome => VersionPreparer.Home(services);

    private Task<long> WriteParquetAsync(RequestQuery query, Stream output, CancellationToken cancellationToken) =>
        new RequestParquetWriter().WriteAsync(services.Requests.ReadAsync(query, cancellationToken), output, cancellationToken);

    private async Task<long> WriteLinesAsync(RequestQuery query, Stream output, CancellationToken cancellationToken)
    {
        long count = 0;
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var lines = new ArrayBufferWriter<byte>();
        await using var writer = new Utf8JsonWriter(lines, options);
        await foreach (var request in services.Requests.ReadAsync(query, cancellationToken))
        {
            RequestJsonWriter.Write(writer, request);
            await writer.FlushAsync(cancellationToken);
            writer.Reset();
            lines.Write("\n"u8);
            count++;
            if (lines.WrittenCount < PieceBytes) continue;
            await output.WriteAsync(lines.WrittenMemory, cancellationToken);
            lines.ResetWrittenCount();
        }

        await output.WriteAsync(lines.WrittenMemory, cancellationToken);
        return count;
    }
}
