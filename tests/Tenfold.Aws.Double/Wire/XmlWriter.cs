using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tenfold.Aws.Double.Model;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Writes answers of query and EC2 services as XML, as the service's model says.</summary>
internal sealed class XmlWriter(ServiceModel model)
{
    private readonly XNamespace _space = model.Metadata.TryGetProperty("xmlNamespace", out var space) ? space.GetString()! : "";
    private readonly bool _isEc2 = model.Protocol == "ec2";

    public string Answer(string operation, JsonObject output, string requestId)
    {
        var shape = model.ShapeOf(operation, "output");
        var members = Structure(output, shape);
        return (_isEc2
            ? new XElement(_space + $"{operation}Response", new XElement(_space + "requestId", requestId), members)
            : new XElement(_space + $"{operation}Response",
                new XElement(_space + $"{operation}Result", members),
                new XElement(_space + "ResponseMetadata", new XElement(_space + "RequestId", requestId)))).ToString();
    }

    public string Error(AwsErrorException error, string requestId)
    {
        if (_isEc2)
        {
            return new XElement("Response",
                new XElement("Errors", new XElement("Error", new XElement("Code", error.Code), new XElement("Message", error.Text))),
                new XElement("RequestID", requestId)).ToString();
        }
        return new XElement(_space + "ErrorResponse",
            new XElement(_space + "Error",
                new XElement(_space + "Type", error.Status < 500 ? "Sender" : "Receiver"),
                new XElement(_space + "Code", error.Code), new XElement(_space + "Message", error.Text)),
            new XElement(_space + "RequestId", requestId)).ToString();
    }

    private List<XElement> Structure(JsonObject value, string? shapeName)
    {
        var members = shapeName is null ? default(JsonElement?) : model.Shape(shapeName).GetProperty("members");
        var elements = new List<XElement>();
        foreach (var (name, child) in value)
        {
            if (child is null) continue;
            if (members is { } known && known.TryGetProperty(name, out var member))
                elements.AddRange(Member(child, Wire(member, name), member.GetProperty("shape").GetString()!));
            else
                elements.Add(new XElement(_space + (_isEc2 ? char.ToLowerInvariant(name[0]) + name[1..] : name), Plain(child)));
        }
        return elements;
    }

    private IEnumerable<XElement> Member(JsonNode value, string name, string shapeName)
    {
        var shape = model.Shape(shapeName);
        if (value is JsonArray list)
        {
            var of = shape.GetProperty("member");
            var item = of.TryGetProperty("locationName", out var given) ? given.GetString()! : _isEc2 ? "item" : "member";
            var itemShape = of.GetProperty("shape").GetString()!;
            if (shape.TryGetProperty("flattened", out _)) return list.SelectMany(one => Member(one!, name, itemShape));
            return [new XElement(_space + name, list.SelectMany(one => Member(one!, item, itemShape)))];
        }
        return [new XElement(_space + name, value is JsonObject inner ? Structure(inner, shapeName) : Plain(value))];
    }

    // For members that the model lacks, and plain values.
    private object Plain(JsonNode value) => value switch
    {
        JsonArray list => list.Select(item => new XElement(_space + (_isEc2 ? "item" : "member"), Plain(item!))),
        JsonObject inner => Structure(inner, null),
        _ => value.ToString(),
    };

    private static string Wire(JsonElement member, string name) =>
        member.TryGetProperty("locationName", out var wire) ? wire.GetString()! : name;
}
