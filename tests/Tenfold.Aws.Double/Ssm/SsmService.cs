using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Ec2;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ssm;

/// <summary>AWS Systems Manager: the public parameters of images.</summary>
/// <remarks>Source: AWS Systems Manager API Reference, GetParameter.</remarks>
internal sealed class SsmService : AwsService
{
    public SsmService(Account account) : base("ssm") => On("GetParameter", request =>
    {
        var name = request.Input.Text("Name")!;
        var value = Ec2Catalog.Parameters.GetValueOrDefault(name) ?? throw new AwsErrorException(400, "ParameterNotFound", "");
        return new JsonObject
        {
            ["Parameter"] = new JsonObject
            {
                ["Name"] = name,
                ["Type"] = "String",
                ["Value"] = value,
                ["Version"] = 12,
                ["LastModifiedDate"] = account.Time.GetUtcNow().Seconds(),
                ["ARN"] = $"arn:aws:ssm:{account.Region}::parameter{name}",
                ["DataType"] = "text",
            },
        };
    });
}
