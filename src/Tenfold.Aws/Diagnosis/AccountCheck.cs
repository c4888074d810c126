using System.Globalization;
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
    private const string ExpirationVariable = "AWS_CREDENTIAL_EXPIRATION";
    private const string Unchecked = "not checked";

    // Service Quotas, "Amazon Elastic Compute Cloud": running on-demand Standard, and G and VT; all Standard spot, and G and VT spot.
    private static readonly (string Code, string Name)[] Quotas =
    [
        ("L-1216C47A", "on demand"), ("L-DB2E81BA", "on demand with GPUs"), ("L-34B43A08", "spot"), ("L-3819A6DF", "spot with GPUs"),
    ];

    /// <summary>Runs the checks.</summary>
    /// <param name="actions">What the user must be allowed to do, for example <c>ec2:RunInstances</c>.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<IReadOnlyList<AccessCheck>> RunAsync(IReadOnlyList<string> actions, CancellationToken cancellationToken)
    {
        CallerIdentity caller;
        try
        {
            using var sts = new StsClient(options, time);
            caller = await sts.GetCallerIdentityAsync(cancellationToken);
        }
        catch (AwsException e)
        {
            return [new AccessCheck("credentials", e.Message, "log in ('aws sso login', 'aws configure'), or set AWS_PROFILE")];
        }

        return
        [
            Credentials(caller), await CheckPermissionsAsync(caller, actions, cancellationToken), await CheckQuotasAsync(cancellationToken),
        ];
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

    private AccessCheck Credentials(CallerIdentity caller)
    {
        var known = session.Environment.GetValueOrDefault(ExpirationVariable);
        if (!DateTimeOffset.TryParse(known, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
            return new AccessCheck("credentials", caller.Arn);
        var left = end - time.GetUtcNow();
        return left > TimeSpan.FromMinutes(15)
            ? new AccessCheck("credentials", $"{caller.Arn}, for {left.TotalHours:0.#} more hours")
            : new AccessCheck("credentials", $"{caller.Arn}, until {end:u}", "log in again before you start runs ('aws sso login')");
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

    private async Task<AccessCheck> CheckQuotasAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new QuotasClient(options, time);
            var values = new List<(string Name, double Value)>();
            foreach (var (code, name) in Quotas)
            {
                var answer = await client.GetServiceQuotaAsync(new GetServiceQuotaRequest("ec2", code), cancellationToken);
                values.Add((name, answer.Quota.Value ?? 0));
            }

            var words = string.Join(", ", values.Select(quota => $"{quota.Value:0} {quota.Name}"));
            return values[0].Value > 0
                ? new AccessCheck("quotas", $"processors: {words}")
                : new AccessCheck("quotas", $"processors: {words}", "ask for more in the console of Service Quotas");
        }
        catch (AwsException e)
        {
            return new AccessCheck("quotas", $"{Unchecked}: {e.Message}");
        }
    }
}
