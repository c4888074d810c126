using Tenfold.Aws.Jobs;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Wire;
using Tenfold.Core.Hosts;
using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Secrets;

/// <summary>Reads the secrets of an attempt in its job, with the job's own role. Every host in Amazon's cloud uses this.</summary>
internal static class JobSecrets
{
    /// <summary>Reads secrets.</summary>
    /// <param name="environment">The job's variables.</param>
    /// <param name="group">The attempt's group.</param>
    /// <param name="names">The names of its secrets.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <returns>The values; or why they can't be read. Without the path, the values of the job's variables.</returns>
    public static async Task<HostSecrets> ReadAsync(
        IReadOnlyDictionary<string, string> environment, string group, IReadOnlyList<string> names, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (environment.GetValueOrDefault(StartVariables.SecretsVariable) is not { Length: > 0 } ledger)
            return HostSecrets.From(environment, names);
        var (path, values) = ($"{ledger}/{group}", new Dictionary<string, string>());
        try
        {
            using var parameters = new ParametersClient(new AwsOptions { MaxAttempts = 10 }, time);
            foreach (var chunk in names.Chunk(ParametersClient.MaxNames))
            {
                var request = new GetParametersRequest([.. chunk.Select(name => $"{path}/{name}")]) { WithDecryption = true };
                var answer = await parameters.GetParametersAsync(request, cancellationToken);
                foreach (var found in answer.Parameters) values[found.Name[(path.Length + 1)..]] = found.Value ?? "";
            }

            return new HostSecrets(values);
        }
        catch (AwsException e)
        {
            var advice = e.Fault == AwsFault.Denied
                ? $": allow ssm:GetParameters on {path} to the job's role (`tenfold infra apply` does), then `tenfold retry` the run"
                : IsFinal(e.Fault) ? ": `tenfold retry` the run" : "";
            return new HostSecrets(values, new Reason.NotStarted($"its secrets can't be read from Parameter Store ({e.Message}){advice}"))
            {
                IsPassing = !IsFinal(e.Fault),
            };
        }
    }

    /// <summary>True for a fault that the next attempt of the run would meet too.</summary>
    internal static bool IsFinal(AwsFault fault) => fault is AwsFault.Denied or AwsFault.Invalid or AwsFault.NotFound;
}
