using System.Globalization;
using Amazon.Runtime.Credentials;
using Tenfold.Aws.Iam;
using Tenfold.Aws.ServiceQuotas;
using Tenfold.Aws.Sts;
using Tenfold.Aws.Wire;
using Tenfold.Core.Hosts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Diagnosis;

/// <summary>Checks the user's credentials, permissions and quotas in a region.</summary>
/// <param name="options">How to connect.</param>
/// <param name="session">The user, whose shell may say how long the credentials last.</param>
/// <param name="time">The clock.</param>
internal sealed class AccountCheck(AwsOptions options, UserSession session, TimeProvider time)
{
    /// <summary>The name of the check of the user's credentials. When it fails, no other check can be made.</summary>
    public const string Credentials = "credentials";

    private const string ExpirationVariable = "AWS_CREDENTIAL_EXPIRATION";
    private const string Unchecked = "not checked";

    // Service Quotas, "Amazon Elastic Compute Cloud": running on-demand Standard, and G and VT; all Standard spot, and G and VT spot.
    private static readonly Quota[] Quotas =
    [
        new("L-1216C47A", "on demand", IsSpot: false, HasGpus: false),
        new("L-DB2E81BA", "on demand with GPUs", IsSpot: false, HasGpus: true),
        new("L-34B43A08", "spot", IsSpot: true, HasGpus: false),
        new("L-3819A6DF", "spot with GPUs", IsSpot: true, HasGpus: true),
    ];

    /// <summary>Runs the checks.</summary>
    /// <param name="actions">What the user must be allowed to do, for example <c>ec2:RunInstances</c>.</param>
    /// <param name="needs">
    /// The vCPUs that the target may use at once; empty when it sets no maximum; null when its machines don't count among EC2's.
    /// </param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<IReadOnlyList<AccessCheck>> RunAsync(
        IReadOnlyList<string> actions, IReadOnlyList<VcpuNeed>? needs, CancellationToken cancellationToken)
    {
        var checks = new List<AccessCheck>();
        // A wrong clock is why the next check may fail.
        if (await new ClockCheck(options, time).RunAsync(StsClient.Service, cancellationToken) is { } clock) checks.Add(clock);
        CallerIdentity caller;
        try
        {
            using var sts = new StsClient(options, time);
            caller = await sts.GetCallerIdentityAsync(cancellationToken);
        }
        catch (AwsException e)
        {
            return
            [
                .. checks, new AccessCheck(Credentials, e.Message, "log in ('aws sso login', 'aws configure'), or set AWS_PROFILE"),
            ];
        }

        checks.Add(await CheckCredentialsAsync(caller));
        checks.Add(await CheckPermissionsAsync(caller, actions, cancellationToken));
        if (needs is not null) checks.AddRange(await CheckQuotasAsync(needs, cancellationToken));
        return checks;
    }

    /// <summary>
    /// The identity whose policies count: of a role's session, the role, without the path that the session's ARN lacks. Null for the root
    /// user and for federated users, whose policies can't be simulated.
    /// </summary>
    internal static string? PrincipalOf(string arn) => arn.Split(':', 6) switch
    {
        [_, var partition, "sts", _, var account, var session] when session.Split('/') is ["assumed-role", var role, ..] =>
            $"arn:{partition}:iam::{account}:role/{role}",
        [_, _, "iam", _, _, var user] when user.StartsWith("user/", StringComparison.Ordinal) => arn,
        _ => null,
    };

    private async Task<AccessCheck> CheckCredentialsAsync(CallerIdentity caller)
    {
        if (await FindExpirationAsync() is not { } end) return new AccessCheck(Credentials, caller.Arn);
        var left = end - time.GetUtcNow();
        return left > TimeSpan.FromMinutes(15)
            ? new AccessCheck(Credentials, $"{caller.Arn}, for {left.TotalHours:0.#} more hours")
            : new AccessCheck(Credentials, $"{caller.Arn}, until {end:u}", "log in again before you start runs ('aws sso login')");
    }

    // A shell's variables may say it. Otherwise, the SDK knows the end of credentials that a login, a role or a machine gave.
    private async Task<DateTimeOffset?> FindExpirationAsync()
    {
        var known = session.Environment.GetValueOrDefault(ExpirationVariable);
        if (DateTimeOffset.TryParse(known, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)) return end;
        try
        {
            var chain = options.Credentials ?? DefaultAWSCredentialsIdentityResolver.GetCredentials();
            await chain.GetCredentialsAsync();
            return chain.Expiration is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at.ToUniversalTime(), DateTimeKind.Utc)) : null;
        }
        catch (Exception e) when (WireFaults.Covers(e))
        {
            // The identity was read with credentials a moment ago.
            return null;
        }
    }

    private async Task<AccessCheck> CheckPermissionsAsync(
        CallerIdentity caller, IReadOnlyList<string> actions, CancellationToken cancellationToken)
    {
        if (PrincipalOf(caller.Arn) is not { } principal)
            return new AccessCheck("permissions", $"{Unchecked}: the policies of {caller.Arn} can't be simulated");
        try
        {
            using var iam = new IamClient(options, time);
            if (principal.Contains(":role/", StringComparison.Ordinal))
                principal = (await iam.GetRoleAsync(principal[(principal.LastIndexOf('/') + 1)..], cancellationToken)).Arn ?? principal;
            var denied = new List<string>();
            var request = new SimulatePrincipalPolicyRequest(principal, actions);
            await foreach (var result in iam.SimulatePrincipalPolicyAsync(request, cancellationToken))
                if (result.EvalDecision != "allowed") denied.Add(result.EvalActionName);
            return denied.Count == 0
                ? new AccessCheck("permissions", $"all {actions.Count} actions are allowed, conditions aside")
                : new AccessCheck(
                    "permissions", $"{principal} may not: {string.Join(", ", denied)}",
                    "ask for these actions, unless your policies allow them for certain resources only");
        }
        catch (AwsException e)
        {
            return new AccessCheck("permissions", $"{Unchecked}: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<AccessCheck>> CheckQuotasAsync(
        IReadOnlyList<VcpuNeed> needs, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new QuotasClient(options, time);
            var values = new List<(Quota Quota, double Value)>();
            foreach (var quota in Quotas)
            {
                var answer = await client.GetServiceQuotaAsync(new GetServiceQuotaRequest("ec2", quota.Code), cancellationToken);
                values.Add((quota, answer.Quota.Value ?? 0));
            }

            var words = string.Join(", ", values.Select(one => $"{one.Value:0} {one.Quota.Name}"));
            var all = values[0].Value > 0
                ? new AccessCheck("quotas", $"processors: {words}")
                : new AccessCheck("quotas", $"processors: {words}", "ask for more in the console of Service Quotas");
            return [all, .. needs.Select(need => Compare(need, values)).OfType<AccessCheck>()];
        }
        catch (AwsException e)
        {
            return [new AccessCheck("quotas", $"{Unchecked}: {e.Message}")];
        }
    }

    private static AccessCheck? Compare(VcpuNeed need, List<(Quota Quota, double Value)> values)
    {
        var (quota, value) = values.Find(one => one.Quota.IsSpot == need.IsSpot && one.Quota.HasGpus == need.HasGpus);
        return need.Vcpus <= value ? null : new AccessCheck(
            "quotas", $"{need.What} may use {need.Vcpus} vCPUs, and the account's quota {quota.Name} is {value:0}, so runs beyond it wait",
            $"ask for more in the console of Service Quotas ({quota.Code}), or lower the maximum (`tenfold infra apply`)");
    }

    private sealed record Quota(string Code, string Name, bool IsSpot, bool HasGpus);
}
