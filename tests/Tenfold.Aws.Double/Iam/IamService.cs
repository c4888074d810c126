using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Iam;

/// <summary>AWS IAM: roles, instance profiles, and the simulation of permissions.</summary>
/// <remarks>Source: IAM API Reference, SimulatePrincipalPolicy and GetRole.</remarks>
public sealed class IamService : AwsService
{
    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JsonObject> _roles = [];

    internal IamService(Account account) : base("iam")
    {
        _account = account;
        On("SimulatePrincipalPolicy", request => Simulate(request.Input));
        On("CreateServiceLinkedRole", request => CreateLinked(request.Input.Text("AWSServiceName")!));
        On("GetRole", request => new JsonObject { ["Role"] = Role(request.Input.Text("RoleName")!).DeepClone() });
    }

    /// <summary>The names of the roles.</summary>
    public IReadOnlyList<string> Roles
    {
        get
        {
            lock (_gate) return [.. _roles.Keys];
        }
    }

    /// <summary>Denies an action, such as <c>batch:SubmitJob</c>, to the user: calls fail, and a simulation says so.</summary>
    public void Deny(string action) => _account.DeniedActions[action] = true;

    /// <summary>Allows a denied action again.</summary>
    public void Allow(string action) => _account.DeniedActions.TryRemove(action, out _);

    internal void AddRole(string name, JsonNode? trust)
    {
        lock (_gate)
        {
            _roles[name] = new JsonObject
            {
                ["Path"] = "/",
                ["RoleName"] = name,
                ["RoleId"] = "AROAEXAMPLEEXAMPLE",
                ["Arn"] = _account.RoleArn(name),
                ["CreateDate"] = _account.Time.GetUtcNow().Iso(),
                ["AssumeRolePolicyDocument"] = Uri.EscapeDataString(trust?.ToJsonString() ?? "{}"),
            };
        }
    }

    internal void RemoveRole(string name)
    {
        lock (_gate) _roles.Remove(name);
    }

    private JsonObject CreateLinked(string service)
    {
        var name = service == "batch.amazonaws.com" ? "AWSServiceRoleForBatch" : $"AWSServiceRoleFor{service.Split('.')[0]}";
        lock (_gate)
        {
            if (_roles.ContainsKey(name))
                throw new AwsErrorException(400, "InvalidInput",
                    $"Service role name {name} has been taken in this account, please try a different suffix.");
            AddRole(name, null);
            return new JsonObject { ["Role"] = _roles[name].DeepClone() };
        }
    }

    private JsonObject Role(string name)
    {
        lock (_gate)
            return _roles.GetValueOrDefault(name) ?? throw new AwsErrorException(404, "NoSuchEntity",
                $"The role with name {name} cannot be found.");
    }

    private JsonObject Simulate(JsonObject input)
    {
        var source = input.Text("PolicySourceArn")!;
        if (source.Contains(":assumed-role/", StringComparison.Ordinal))
            throw new AwsErrorException(400, "InvalidInput", $"Invalid Entity Arn: {source} does not clearly define entity type and name.");
        var resources = input.Texts("ResourceArns") is { Count: > 0 } given ? given : ["*"];
        var results = input.Texts("ActionNames").SelectMany(action => resources.Select(resource => new JsonObject
        {
            ["EvalActionName"] = action,
            ["EvalResourceName"] = resource,
            ["EvalDecision"] = _account.DeniedActions.ContainsKey(action) ? "implicitDeny" : "allowed",
            ["MatchedStatements"] = new JsonArray(),
            ["MissingContextValues"] = new JsonArray(),
        }));
        return new JsonObject { ["IsTruncated"] = false, ["EvaluationResults"] = new JsonArray([.. results]) };
    }
}
