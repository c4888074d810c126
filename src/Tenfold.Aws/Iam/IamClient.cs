using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Iam;

/// <summary>AWS Identity and Access Management: the operations that checking permissions needs.</summary>
/// <remarks>Source: the API's model, iam/2010-05-08.</remarks>
internal sealed class IamClient(AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    internal static readonly WireService Service = new("IAM", WireProtocol.Query, "iam", "iam", "2010-05-08") { IsGlobal = true };
    private static readonly IamJson Json = IamJson.Default;
    private readonly WireClient _wire = WireClient.Create(Service, options, time);

    /// <summary>
    /// Simulates which actions a user or role may take, over all pages. Policies of resources, and policies of the organization that depend
    /// on conditions, are not simulated.
    /// </summary>
    public IAsyncEnumerable<EvaluationResult> SimulatePrincipalPolicyAsync(
        SimulatePrincipalPolicyRequest request, CancellationToken cancellationToken) =>
        WirePages.FollowAsync(
            (page, token) => _wire.CallAsync(
                "SimulatePrincipalPolicy", request with { Marker = page }, Json.SimulatePrincipalPolicyRequest,
                Json.SimulatePrincipalPolicyAnswer, token),
            answer => answer.EvaluationResults, answer => answer.IsTruncated == true ? answer.Marker : null, cancellationToken);

    /// <summary>Describes a role.</summary>
    public async Task<Role> GetRoleAsync(string name, CancellationToken cancellationToken) =>
        (await _wire.CallAsync("GetRole", new GetRoleRequest(name), Json.GetRoleRequest, Json.GetRoleAnswer, cancellationToken)).Role;

    /// <summary>Creates the role that a service of AWS has in each account. One that exists already is a fault.</summary>
    public async Task<Role?> CreateServiceLinkedRoleAsync(CreateServiceLinkedRoleRequest request, CancellationToken cancellationToken) =>
        (await _wire.CallAsync(
            "CreateServiceLinkedRole", request, Json.CreateServiceLinkedRoleRequest, Json.CreateServiceLinkedRoleAnswer, cancellationToken))
        .Role;

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();
}
