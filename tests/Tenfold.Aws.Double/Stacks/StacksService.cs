using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>AWS CloudFormation.</summary>
public sealed class StacksService : AwsService
{
    private readonly Account _account;
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _stacks = [];

    internal StacksService(Account account) : base("cloudformation")
    {
        _account = account;
        On("DescribeStacks", request =>
        {
            lock (_gate) return Describe(request.Input);
        });
    }

    /// <summary>Adds a stack that exists, with its outputs.</summary>
    public void Add(string name, IReadOnlyDictionary<string, string> outputs)
    {
        lock (_gate)
        {
            _stacks.Add(new JsonObject
            {
                ["StackId"] = _account.Arn("cloudformation", $"stack/{name}/{Guid.NewGuid()}"),
                ["StackName"] = name,
                ["CreationTime"] = _account.Time.GetUtcNow().Iso(),
                ["StackStatus"] = "CREATE_COMPLETE",
                ["Outputs"] = new JsonArray(
                    [.. outputs.Select(output => new JsonObject { ["OutputKey"] = output.Key, ["OutputValue"] = output.Value })]),
            });
        }
    }

    private JsonObject Describe(JsonObject input)
    {
        var name = input.Text("StackName");
        var found = _stacks.Where(stack => name is null || stack.Text("StackName") == name || stack.Text("StackId") == name).ToArray();
        if (name is not null && found.Length == 0) throw new AwsError(400, "ValidationError", $"Stack with id {name} does not exist");
        return new JsonObject { ["Stacks"] = new JsonArray([.. found.Select(stack => stack.DeepClone())]) };
    }
}
