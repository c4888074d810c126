using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Model;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Reads requests and writes answers of one service in its protocol, and checks both against the service's model.</summary>
internal sealed class Protocol(string service)
{
    private readonly ServiceModel _model = ServiceModel.Of(service);

    private bool IsForm => _model.Protocol is "query" or "ec2";

    /// <summary>Reads a request; adds what AWS's model does not allow to the faults.</summary>
    public (string Operation, JsonObject Input) Read(HttpRequest request, List<string> faults)
    {
        var (operation, input) = IsForm ? ReadForm(request, faults) : ReadJson(request);
        if (_model.ShapeOf(operation, "input") is { } shape)
            _model.Check(JsonSerializer.SerializeToElement(input), shape, operation, isText: false, isInput: true, faults);
        else if (_model.Operation(operation) is null && !NewerMembers.ContainsOperation(service, operation))
            faults.Add($"{service} has no operation {operation}");
        return (operation, input);
    }

    /// <summary>Writes an answer; adds what AWS's model does not allow to the faults.</summary>
    public HttpAnswer Write(string operation, JsonObject output, string requestId, List<string> faults)
    {
        output.WithoutNulls();
        var json = JsonSerializer.SerializeToUtf8Bytes(output);
        if (_model.ShapeOf(operation, "output") is { } shape)
        {
            using var document = JsonDocument.Parse(json);
            _model.Check(document.RootElement, shape, $"{operation} answer", isText: false, isInput: false, faults);
        }
        return IsForm ? Answer(200, new XmlWriter(_model).Answer(operation, output, requestId), requestId) : Answer(200, json, requestId);
    }

    public HttpAnswer Write(AwsErrorException error, string requestId)
    {
        if (IsForm) return Answer(error.Status, new XmlWriter(_model).Error(error, requestId), requestId);
        var body = new JsonObject { ["message"] = error.Text };
        if (_model.Protocol == "json") body["__type"] = error.Code;
        var answer = Answer(error.Status, body.ToJsonString(), requestId);
        if (_model.Protocol == "rest-json") answer.Headers["x-amzn-ErrorType"] = error.Code;
        return answer;
    }

    private HttpAnswer Answer(int status, string body, string requestId) => Answer(status, Encoding.UTF8.GetBytes(body), requestId);

    private HttpAnswer Answer(int status, byte[] body, string requestId) => new(status, body)
    {
        Headers =
        {
            ["x-amzn-RequestId"] = requestId,
            ["Content-Type"] = IsForm ? "text/xml" : _model.Protocol == "json" ? "application/x-amz-json-1.1" : "application/json",
        },
    };

    private (string, JsonObject) ReadForm(HttpRequest request, List<string> faults)
    {
        var form = Pairs(Encoding.UTF8.GetString(request.Body)).ToArray();
        var operation = form.FirstOrDefault(pair => pair.Name == "Action").Value ?? "";
        return (operation, new FormReader(_model, service, faults).Read(form, _model.ShapeOf(operation, "input")));
    }

    private (string, JsonObject) ReadJson(HttpRequest request)
    {
        var input = request.Body.Length > 0 ? (JsonObject)JsonNode.Parse(request.Body)! : [];
        if (request.Headers.TryGetValue("x-amz-target", out var target)) return (target[(target.IndexOf('.') + 1)..], input);
        var operation = _model.OperationAt(request.Path, request.Method) ?? "";
        if (operation.Length > 0) AddPlaces(request, operation, input);
        return (operation, input);
    }

    // Members in the path and in the query.
    private void AddPlaces(HttpRequest request, string operation, JsonObject input)
    {
        if (_model.ShapeOf(operation, "input") is not { } shape) return;
        foreach (var member in _model.Shape(shape).GetProperty("members").EnumerateObject())
        {
            if (!member.Value.TryGetProperty("location", out var place)) continue;
            var name = ServiceModel.WireName(member);
            var template = _model.Operation(operation)!.Value.GetProperty("http").GetProperty("requestUri").GetString()!;
            if (place.GetString() == "uri") input[name] = Uri.UnescapeDataString(request.Path[template.IndexOf('{')..]);
            if (place.GetString() != "querystring") continue;
            var values = Pairs(request.Query).Where(pair => pair.Name == name).Select(pair => (JsonNode)pair.Value).ToArray();
            var isList = _model.Shape(member.Value.GetProperty("shape").GetString()!).GetProperty("type").GetString() == "list";
            if (values.Length > 0) input[name] = isList ? new JsonArray(values) : values[0];
        }
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string text) =>
        text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Select(pair => (Decoded(pair[0]), pair.Length > 1 ? Decoded(pair[1]) : ""));

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
