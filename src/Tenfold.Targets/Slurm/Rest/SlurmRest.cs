using System.Text.Encodings.Web;
using System.Text.Json;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Slurm through slurmrestd, in the newest openapi version that both sides know (<see cref="RestVersions"/>).</summary>
/// <param name="connection">Sends the requests.</param>
/// <param name="user">The user who submits jobs.</param>
/// <param name="time">The clock.</param>
/// <remarks>Source: slurmrestd(8).</remarks>
internal sealed class SlurmRest(RestConnection connection, string user, TimeProvider time) : ISlurm
{
    // slurmrestd does not report MaxArraySize. This is Slurm's default. If the cluster allows less, the array is split.
    private const int DefaultArraySize = 1001;

    // As with sacct.
    private static readonly TimeSpan AccountingPeriod = TimeSpan.FromDays(7);

    // An administrator may add the missing plugin or user.
    private static readonly TimeSpan AccountingRetryInterval = TimeSpan.FromMinutes(10);

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimedCache<Endpoint> _endpoint = new(ClusterFacts.MaxAge, time);
    private readonly TimedCache<IReadOnlyList<Partition>> _partitions = new(ClusterFacts.MaxAge, time);
    private (string Version, long At)? _accountingRefused;

    /// <summary>Prepares a connection. No request is sent yet.</summary>
    /// <param name="address"><c>http://head:6820</c>, or <c>unix:/run/slurmrestd.sock</c>.</param>
    /// <param name="sessionUser">The user of the session, who submits jobs unless the token names another user.</param>
    /// <param name="timeout">How long an answer may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="readToken">Reads the token (<c>scontrol token</c>) from its source; it may return null.</param>
    /// <exception cref="TargetException">The address is not valid.</exception>
    public static SlurmRest Open(
        string address, string sessionUser, TimeSpan timeout, TimeProvider time, Func<string?> readToken)
    {
        var token = new SlurmToken(readToken, time);
        var user = (token.Value is { } value ? SlurmToken.UserOf(value) : null) ?? sessionUser;
        return new SlurmRest(RestConnection.Open(address, timeout, user, token), user, time);
    }

    /// <inheritdoc/>
    public async Task<ClusterFacts> GetFactsAsync(CancellationToken cancellationToken) => (await FindAsync(cancellationToken)).Facts;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>> ListJobsAsync(CancellationToken cancellationToken)
    {
        var api = (await FindAsync(cancellationToken)).Api;
        return connection.Read(await ListAsync(api.JobsPath, cancellationToken), answer => api.ReadJobs(answer, user));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SlurmJob>?> ListAccountedJobsAsync(CancellationToken cancellationToken)
    {
        var (api, facts) = await FindAsync(cancellationToken);
        if (!facts.HasAccounting || IsAccountingRefused(api)) return null;
        if (api.EndedPath(user, time.GetUtcNow() - AccountingPeriod) is not { } path) return null;
        var answer = await connection.GetAsync(path, cancellationToken);
        // slurmrestd runs without its accounting plugin (`-s`), or does not know this user by name.
        var isRefused = answer.IsUnknownAddress || answer.IsInvalidRequest;
        _accountingRefused = isRefused ? (api.Version, time.GetTimestamp()) : null;
        return isRefused ? null : connection.Read(answer, api.ReadEnded);
    }

    /// <inheritdoc/>
    public async Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var api = (await FindAsync(cancellationToken)).Api;
        try
        {
            var answer = await connection.SendAsync(HttpMethod.Post, api.SubmitPath, api.Write(request), cancellationToken);
            var (errors, hasJob) = (answer.Faults(), answer.Read(json => RestJson.Number(json, "job_id") > 0));
            // slurmctld queues a job even if its partition is down: then the answer has both a job id and an error.
            if (answer.IsSuccess && hasJob) return new SubmitAnswer(SubmitKind.Accepted);
            if (errors.Length == 0) return new SubmitAnswer(SubmitKind.NoAnswer, "its answer has no job id");
            var parsed = SubmitAnswerParser.Parse(errors);
            return answer.IsNoAnswer ? parsed with { Kind = SubmitKind.NoAnswer } : parsed;
        }
        catch (Exception e) when (RestConnection.IsBroken(e, cancellationToken))
        {
            return new SubmitAnswer(SubmitKind.NoAnswer, RestConnection.Describe(e));
        }
    }

    /// <inheritdoc/>
    public async Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken)
    {
        var api = (await FindAsync(cancellationToken)).Api;
        foreach (var (path, body) in api.Cancel(jobs))
        {
            try
            {
                var answer = await connection.SendAsync(HttpMethod.Delete, path, body, cancellationToken);
                var faults = CancelFaults(api, answer);
                if (faults.Count > 0) throw connection.NoAnswer(string.Join("; ", faults));
            }
            catch (Exception e) when (RestConnection.IsBroken(e, cancellationToken))
            {
                throw connection.NoAnswer(RestConnection.Describe(e), e);
            }
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken) => _partitions.GetAsync(async () =>
    {
        var api = (await FindAsync(cancellationToken)).Api;
        return connection.Read(await ListAsync(api.PartitionsPath, cancellationToken), api.ReadPartitions);
    });

    /// <inheritdoc/>
    public string Describe(JobRequest request)
    {
        var api = _endpoint.Last?.Api ?? RestVersions.Newest;
        // The values of variables may be secrets.
        var body = api.Write(request with { Environment = request.Environment.ToDictionary(variable => variable.Key, _ => "…") });
        return $"POST {api.SubmitPath} to {connection.Address}\n{body.ToJsonString(Readable)}";
    }

    private Task<Endpoint> FindAsync(CancellationToken cancellationToken) => _endpoint.GetAsync(async () =>
    {
        var (api, ping) = await RestVersions.FindAsync(connection, cancellationToken);
        var cluster = connection.Read(ping, api.ReadPing, isListing: false);
        // If slurmrestd doesn't report the cluster's name, its controller's name tells clusters apart.
        var controller = cluster.Controller ?? connection.Host;
        var facts = new ClusterFacts(user, cluster.Name ?? controller, DefaultArraySize, cluster.HasAccounting)
        {
            Controller = controller,
        };
        return new Endpoint(api, facts);
    });

    // An update of Slurm may remove the version while this process runs. The next round asks for the versions again.
    private async Task<RestAnswer> ListAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await connection.GetAsync(path, cancellationToken);
        if (answer.IsUnknownAddress) _endpoint.Clear();
        return answer;
    }

    private bool IsAccountingRefused(IOpenApi api) =>
        _accountingRefused is { } refused && refused.Version == api.Version && time.GetElapsedTime(refused.At) < AccountingRetryInterval;

    private static List<string> CancelFaults(IOpenApi api, RestAnswer answer)
    {
        var errors = answer.NumberedFaults() is { Count: > 0 } faults ? faults : answer.Read(api.NotCancelled) ?? [];
        // An error without a number describes the numbered one beside it.
        var hasEnded = errors.Any(error => error.IsOfEndedJob);
        var others = errors.Where(error => !error.IsOfEndedJob && !(hasEnded && error.Number is null));
        return [.. others.Select(error => error.Words).Distinct()];
    }

    private sealed record Endpoint(IOpenApi Api, ClusterFacts Facts);
}
