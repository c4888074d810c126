using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Quotas;

/// <summary>Service Quotas: those of machines.</summary>
/// <remarks>Source: Service Quotas API Reference. The codes are those of EC2's quotas for vCPUs.</remarks>
public sealed class QuotasService : AwsService
{
    private readonly Account _account;
    private readonly Lock _gate = new();

    private readonly List<Quota> _quotas =
    [
        new("ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 64, 5),
        new("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances", 8, 0),
        new("ec2", "L-417A185B", "Running On-Demand P instances", 0, 0),
        new("ec2", "L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 64, 5),
        new("ec2", "L-3819A6DF", "All G and VT Spot Instance Requests", 0, 0),
        new("ec2", "L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", 0, 0),
        new("sagemaker", "L-611FA074", "ml.m5.large for training job usage", 20, 20),
        new("sagemaker", "L-1B3A8EAE", "ml.g5.xlarge for training job usage", 0, 0),
        new("sagemaker", "L-3A0AA4F2", "ml.m5.large for spot training job usage", 20, 20),
    ];

    internal QuotasService(Account account) : base("service-quotas")
    {
        _account = account;
        On("GetServiceQuota", request => Get(request.Input, quota => quota.Value));
        On("GetAWSDefaultServiceQuota", request => Get(request.Input, quota => quota.Default));
        On("ListServiceQuotas", request =>
        {
            lock (_gate)
            {
                return Pages.Of(_quotas.Where(quota => quota.Service == request.Input.Text("ServiceCode"))
                    .Select(quota => Describe(quota, quota.Value)), "Quotas", request.Input, 100, "NextToken", "MaxResults");
            }
        });
    }

    /// <summary>Sets a quota, by its code.</summary>
    public void Set(string code, double value)
    {
        lock (_gate)
        {
            var at = _quotas.FindIndex(quota => quota.Code == code);
            _quotas[at] = _quotas[at] with { Value = value };
        }
    }

    internal double? Of(string service, string name)
    {
        lock (_gate) return _quotas.Find(quota => quota.Service == service && quota.Name == name)?.Value;
    }

    private JsonObject Get(JsonObject input, Func<Quota, double> value)
    {
        lock (_gate)
        {
            var found = _quotas.Find(quota => quota.Service == input.Text("ServiceCode") && quota.Code == input.Text("QuotaCode"))
                ?? throw new AwsErrorException(400, "NoSuchResourceException",
                    "The request failed because the specified service quota does not exist.");
            return new JsonObject { ["Quota"] = Describe(found, value(found)) };
        }
    }

    private JsonObject Describe(Quota quota, double value) => new()
    {
        ["ServiceCode"] = quota.Service,
        ["ServiceName"] = quota.Service == "ec2" ? "Amazon Elastic Compute Cloud (Amazon EC2)" : "Amazon SageMaker",
        ["QuotaArn"] = $"arn:aws:servicequotas:{_account.Region}:{_account.Id}:{quota.Service}/{quota.Code}",
        ["QuotaCode"] = quota.Code,
        ["QuotaName"] = quota.Name,
        ["Value"] = value,
        ["Unit"] = "None",
        ["Adjustable"] = true,
        ["GlobalQuota"] = false,
    };

    private sealed record Quota(string Service, string Code, string Name, double Value, double Default);
}
