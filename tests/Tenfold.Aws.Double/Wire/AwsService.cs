using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Wire;

/// <summary>A service of the double.</summary>
/// <param name="name">The folder of the service's model.</param>
public abstract class AwsService(string name)
{
    private readonly Dictionary<string, Func<AwsRequest, JsonObject>> _operations = [];

    internal string Name => name;

    internal void On(string operation, Func<AwsRequest, JsonObject> answer) => _operations[operation] = answer;

    internal JsonObject Call(AwsRequest request) => _operations.TryGetValue(request.Operation, out var answer)
        ? answer(request)
        : throw new AwsErrorException(400, "InvalidAction", $"the double does not know {name} {request.Operation}");
}
