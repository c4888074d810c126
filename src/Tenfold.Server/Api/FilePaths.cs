using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.App.Fetching;
using Tenfold.App.Views;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Api;

/// <summary>The files of runs.</summary>
internal static class FilePaths
{
    /// <summary>The media type of a file.</summary>
    public const string MediaType = "application/octet-stream";

    private const int MostAttempts = 1_000_000, LongestPath = 4_096;

    /// <summary>Adds the paths.</summary>
    public static void MapFiles(this IEndpointRouteBuilder api)
    {
        api.MapGet("/runs/{id}/files", ListAsync)
            .Answers<FilesView>("listFiles", "The files of a run that has ended, each with its SHA-256").Needs(ServerRole.Read);
        api.MapGet("/runs/{id}/files/content", ReadAsync).WithName("readFile")
            .WithSummary("The content of a file of a run, from an offset to its end")
            .Produces<Stream>(StatusCodes.Status200OK, MediaType).Needs(ServerRole.Read);
    }

    private static async Task<IResult> ListAsync(Services services, string id, CancellationToken cancellationToken) =>
        !Inputs.Id(id).Succeeded(out var prefix, out var refusal) ? Problems.Of(refusal)
        : ApiAnswers.Of(await new RunFetcher(services).ListAsync(prefix, cancellationToken), FilesView.Of, ViewJson.Default.FilesView);

    private static async Task<IResult> ReadAsync(
        HttpContext context, Services services, LogStreams streams, string id, string path, int attempt, long? offset,
        CancellationToken cancellationToken)
    {
        if (!Inputs.Id(id).Succeeded(out var prefix, out var refusal)
            || !Inputs.Count("attempt", attempt, 1, 1, MostAttempts).Succeeded(out var number, out refusal))
            return Problems.Of(refusal);
        if (path.Length is 0 or > LongestPath) return Problems.Of(Refusal.BadInput($"a path has 1 to {LongestPath:N0} characters"));
        if (offset < 0) return Problems.Of(Refusal.BadInput($"offset must be a whole number of at least 0, not {offset}"));
        var name = context.Features.GetRequiredFeature<ServerKey>().Name;
        if (!streams.TryBegin(name))
            return Problems.Of(Refusal.Unavailable("the server is sending too many files at the moment: try again later"));
        try
        {
            var opened = await new RunFetcher(services).OpenAsync(prefix, number.Value, path, cancellationToken);
            if (opened.Succeeded(out var content, out refusal))
                return new FileReply(content, offset ?? 0, () => streams.End(name));
            streams.End(name);
            return Problems.Of(refusal);
        }
        catch
        {
            streams.End(name);
            throw;
        }
    }
}

/// <summary>Sends a file. Memory does not grow with the file, nor with how slowly it is received.</summary>
/// <param name="content">The file.</param>
/// <param name="offset">Where to begin, in bytes.</param>
/// <param name="end">Called at the end.</param>
internal sealed class FileReply(Stream content, long offset, Action end) : IResult
{
    private const int BufferBytes = 1 << 16;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            await using (content)
            {
                var response = httpContext.Response;
                response.ContentType = FilePaths.MediaType;
                if (content.CanSeek)
                {
                    var from = Math.Min(offset, content.Length);
                    content.Seek(from, SeekOrigin.Begin);
                    response.ContentLength = content.Length - from;
                }
                else
                {
                    await SkipAsync(offset, httpContext.RequestAborted);
                }

                await content.CopyToAsync(response.Body, BufferBytes, httpContext.RequestAborted);
            }
        }
        finally
        {
            end();
        }
    }

    private async Task SkipAsync(long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (count > 0)
        {
            var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), cancellationToken);
            if (read == 0) return;
            count -= read;
        }
    }
}
