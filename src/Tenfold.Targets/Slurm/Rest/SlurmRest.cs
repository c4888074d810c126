using System.Text.Encodings.Web;
using System.Text.Json;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Slurm by slurmrestd, in the newest openapi version that it and we know (<see cref="RestVersions"/>).</summary>
/// <param name="connection">Asks it.</param>
/// <param name="user">The user that the token is of.</param>
/// <param name="time">The clock.</param>
/// <remarks>Source: slurmrestd(8).</remarks>
internal sealed class SlurmRest(RestConnection connection, string user, TimeProvider time) : ISlurm
{
    // It does not tell MaxArraySize; this is Slurm's default, and where it is less the array is split.
    private const int UsualArraySize = 1001;

    // As far back as sacct is asked.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(7);

    // What has just ended by itself is as good as ended.
    private static readonly string[] GoneAlready = ["invalid job id", "already completing", "already complete", "already finished"];

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private (IOpenApi Api, ClusterFacts Facts)? _found;
    private IReadOnlyList<Partition>? _partitions;
    private bool _hasNoAccounts;

    /// <summary>Opens it; nothing is asked yet.</summary>
    /// <param name="address"><c>http://head:6820</c>, or <c>unix:/run/slurmrestd.sock</c>.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="token">The token (<c>scontrol token</c>); null where slurmrestd needs none.</param>
    /// <exception cref="TargetException">The address is none.</exception>
    public static SlurmRest Open(string address, TimeSpan patience, TimeProvider time, string? token)
    {
        var user = token is null ? Environment.UserName : SlurmToken.UserOf(token) ?? Environment.UserName;
        return new SlurmRest(RestConnection.Open(address, patience, user, token), user, time);
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
    public async Task<IReadOnlyList<SlurmJob>?> ListEndedJobsAsync(CancellationToken cancellationToken)
    {
        var (api, facts) = await FindAsync(cancellationToken);
        if (!facts.HasAccounting || _hasNoAccounts || api.EndedPath(user, time.GetUtcNow() - Remembered) is not { } path) return null;
        var answer = await connection.GetAsync(path, cancellationToken);
        // It has no plugin for the accounts (`-s`), or does not know this user by name: as good as none, and it stays so.
        if (answer.IsUnknownAddress || (int)answer.Status is 400 or 422) _hasNoAccounts = true;
        return _hasNoAccounts ? null : connection.Read(answer, api.ReadEnded);
    }

    /// <inheritdoc/>
    public async Task<SubmitAnswer> SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        var api = (await FindAsync(cancellationToken)).Api;
        try
        {
            var answer = await connection.SendAsync(HttpMethod.Post, api.SubmitPath, api.Write(request), cancellationToken);
            var (errors, hasJob) = (answer.Faults(), answer.Read(json => RestJson.Number(json, "job_id") > 0));
            // What can't start as the partition is now is queued all the same, as sbatch has it: a number beside the error says so.
            if (answer.IsSuccess && hasJob) return new SubmitAnswer(SubmitKind.Taken);
            if (errors.Length == 0) return new SubmitAnswer(SubmitKind.Unknown, "its answer has no job's number");
            return new SubmitAnswer(answer.IsNoAnswer || SubmitErrors.IsNoAnswer(errors) ? SubmitKind.Unknown : SubmitKind.Refused, errors);
        }
        catch (Exception e) when (RestConnection.IsBroken(e, cancellationToken))
        {
            return new SubmitAnswer(SubmitKind.Unknown, RestConnection.Words(e));
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
                var faults = Faults(api, answer).Where(words => !IsGoneAlready(words)).Distinct().ToList();
                if (faults.Count > 0) throw connection.NoAnswer(string.Join("; ", faults));
            }
            catch (Exception e) when (RestConnection.IsBroken(e, cancellationToken))
            {
                throw connection.NoAnswer(RestConnection.Words(e), e);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Partition>> ListPartitionsAsync(CancellationToken cancellationToken)
    {
        if (_partitions is not null) return _partitions;
        var api = (await FindAsync(cancellationToken)).Api;
        return _partitions = connection.Read(await ListAsync(api.PartitionsPath, cancellationToken), api.ReadPartitions);
    }

    /// <inheritdoc/>
    public string Describe(JobRequest request)
    {
        var api = _found?.Api ?? RestVersions.Newest;
        // Values of variables may be secrets.
        var body = api.Write(request with { Environment = request.Environment.ToDictionary(variable => variable.Key, _ => "…") });
        return $"POST {api.SubmitPath} to {connection.Address}\n{body.ToJsonString(Readable)}";
    }

    private async Task<(IOpenApi Api, ClusterFacts Facts)> FindAsync(CancellationToken cancellationToken)
    {
        if (_found is { } found) return found;
        var (api, ping) = await RestVersions.FindAsync(connection, cancellationToken);
        var cluster = connection.Read(ping, api.ReadPing, isListing: false);
        // Where the cluster's name is not told, its controller's is as good to tell clusters apart.
        var controller = cluster.Controller ?? connection.Host;
        found = (api, new ClusterFacts(user, cluster.Name ?? controller, UsualArraySize, cluster.HasAccounting) { Controller = controller });
        _found = found;
        return found;
    }

    // After an update of Slurm under a running process the version may be gone: it is found anew in the next round.
    private async Task<RestAnswer> ListAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await connection.GetAsync(path, cancellationToken);
        if (answer.IsUnknownAddress) _found = null;
        return answer;
    }

    private static bool IsGoneAlready(string words) => GoneAlready.Any(gone => words.Contains(gone, StringComparison.OrdinalIgnoreCase));

    private static IReadOnlyList<string> Faults(IOpenApi api, RestAnswer answer) =>
        answer.Faults() is { Length: > 0 } faults ? [faults] : answer.Read(api.NotCancelled) ?? [];
}
