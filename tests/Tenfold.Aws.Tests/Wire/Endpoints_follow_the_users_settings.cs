using Amazon;
using Tenfold.Aws.Batch;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Double;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Ecr;
using Tenfold.Aws.Iam;
using Tenfold.Aws.Logs;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.ServiceQuotas;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Sts;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Wire;

/// <summary>These tests set variables of the process, so no other test runs beside them.</summary>
[CollectionDefinition("environment", DisableParallelization = true)]
public sealed class Environment_collection;

[Collection("environment")]
public sealed class Endpoints_follow_the_users_settings : IDisposable
{
    private static readonly WireService[] Services =
    [
        BatchClient.Service, SageMakerClient.Service, EcrClient.Service, LogsClient.Service, QuotasClient.Service, IamClient.Service,
        StacksClient.Service,
    ];

    private readonly List<string> _set = [];

    public void Dispose() => _set.ForEach(name => Environment.SetEnvironmentVariable(name, null));

    [Theory]
    [InlineData("Batch", "AWS_ENDPOINT_URL_BATCH")]
    [InlineData("SageMaker", "AWS_ENDPOINT_URL_SAGEMAKER")]
    [InlineData("ECR", "AWS_ENDPOINT_URL_ECR")]
    [InlineData("CloudWatch Logs", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS")]
    [InlineData("Service Quotas", "AWS_ENDPOINT_URL_SERVICE_QUOTAS")]
    [InlineData("IAM", "AWS_ENDPOINT_URL_IAM")]
    [InlineData("CloudFormation", "AWS_ENDPOINT_URL_CLOUDFORMATION")]
    public void The_services_own_variable_precedes_the_one_for_all(string id, string variable)
    {
        var service = Services.Single(s => s.Id == id);
        Set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        Url(service).ShouldBe("http://127.0.0.1:1/");
        Set(variable, "http://127.0.0.1:2");
        Url(service).ShouldBe("http://127.0.0.1:2/");
        WireConfig.VariableOf(service).ShouldBe(variable);
        using var own = WireClient.Create(service, new AwsOptions { Endpoint = "http://127.0.0.1:3" }, time: null);
        own.Url.ShouldBe("http://127.0.0.1:3/");
    }

    [Fact]
    public async Task A_variable_alone_leads_to_another_server()
    {
        using var aws = new AwsServer();
        Set("AWS_ENDPOINT_URL", aws.Endpoint);
        using var batch = new BatchClient(new AwsOptions { Credentials = aws.Options.Credentials });
        aws.On("TerminateJob", AwsReply.Ok(new { }));
        await batch.TerminateJobAsync(new("a", "b"), default);
        aws.Calls.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL_EC2", 1, 0, 0)]
    [InlineData("AWS_ENDPOINT_URL_STS", 0, 1, 0)]
    [InlineData("AWS_ENDPOINT_URL_SSM", 0, 0, 1)]
    [InlineData("AWS_ENDPOINT_URL", 1, 1, 1)]
    public async Task Amazons_own_packages_follow_the_variables_too(string variable, int ec2, int sts, int ssm)
    {
        using var aws = new AwsDouble();
        Set("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        Set(variable, aws.Endpoint);
        var options = BatchFixture.OptionsOf(aws) with { Endpoint = null, MaxAttempts = 1 };
        using var instances = new Ec2Client(options);
        using var identities = new StsClient(options);
        using var parameters = new SsmClient(options);
        await CallAsync(() => instances.ListAsync([], default), ec2);
        await CallAsync(() => identities.GetCallerIdentityAsync(default), sts);
        await CallAsync(() => parameters.GetParameterAsync(MachineImages.Plain, default), ssm);

        static async Task CallAsync(Func<Task> call, int isReached)
        {
            if (isReached == 1) await call();
            else (await Should.ThrowAsync<AwsException>(call)).Fault.ShouldBe(AwsFault.Transport);
        }
    }

    [Theory]
    [InlineData("Batch", "eu-west-1", "https://batch.eu-west-1.amazonaws.com/")]
    [InlineData("Batch", "cn-north-1", "https://batch.cn-north-1.amazonaws.com.cn/")]
    [InlineData("SageMaker", "us-east-2", "https://api.sagemaker.us-east-2.amazonaws.com/")]
    [InlineData("ECR", "us-gov-west-1", "https://api.ecr.us-gov-west-1.amazonaws.com/")]
    [InlineData("CloudWatch Logs", "eu-central-1", "https://logs.eu-central-1.amazonaws.com/")]
    [InlineData("Service Quotas", "eu-central-1", "https://servicequotas.eu-central-1.amazonaws.com/")]
    [InlineData("CloudFormation", "eu-central-1", "https://cloudformation.eu-central-1.amazonaws.com/")]
    [InlineData("IAM", "eu-central-1", "https://iam.amazonaws.com/")]
    [InlineData("IAM", "cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn/")]
    [InlineData("IAM", "us-gov-east-1", "https://iam.us-gov.amazonaws.com/")]
    public void Without_a_setting_the_endpoint_is_AWSs(string id, string region, string url)
    {
        using var client = WireClient.Create(Services.Single(s => s.Id == id), new AwsOptions { Region = region }, time: null);
        client.Url.ShouldBe(url);
    }

    [Theory]
    [InlineData("eu-west-1", "us-east-1")]
    [InlineData("cn-northwest-1", "cn-north-1")]
    [InlineData("us-gov-east-1", "us-gov-west-1")]
    public void IAM_is_signed_for_one_region_of_a_partition(string region, string signingRegion)
    {
        IamClient.Service.SigningRegion(region).ShouldBe(signingRegion);
        BatchClient.Service.SigningRegion(region).ShouldBe(region);
        RegionEndpoint.GetBySystemName(signingRegion).PartitionName.ShouldBe(RegionEndpoint.GetBySystemName(region).PartitionName);
    }

    [Theory]
    [InlineData("not a url")]
    [InlineData("127.0.0.1:4566")]
    public void An_endpoint_that_is_no_URL_is_refused(string endpoint) =>
        Should.Throw<AwsException>(() => new BatchClient(new AwsOptions { Endpoint = endpoint })).Fault.ShouldBe(AwsFault.Invalid);

    [Fact]
    public void Without_a_region_the_message_names_the_variable()
    {
        Set("AWS_CONFIG_FILE", "/dev/null");
        Set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        Set("AWS_EC2_METADATA_DISABLED", "true");
        foreach (var client in (Func<IDisposable>[])[() => new BatchClient(new AwsOptions()), () => new Ec2Client(new AwsOptions())])
            Should.Throw<AwsException>(() => client()).Message.ShouldContain("Set AWS_REGION");
    }

    [Fact]
    public void An_unknown_variant_of_an_endpoint_is_not_called_a_missing_region()
    {
        var e = new Amazon.Runtime.AmazonClientException("no FIPS endpoint of the region is known: set AWS_ENDPOINT_URL_BATCH");
        var fault = WireMessages.Unconfigured(BatchClient.Service, e);
        fault.Message.ShouldContain("AWS_ENDPOINT_URL_BATCH");
        fault.Message.ShouldNotContain("Set AWS_REGION");
    }

    private static string Url(WireService service)
    {
        using var client = WireClient.Create(service, new AwsOptions { Region = "eu-west-1" }, time: null);
        return client.Url;
    }

    private void Set(string name, string value)
    {
        _set.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }
}
