using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace Tenfold.Aws.Wire;

/// <summary>
/// Calls a service of AWS over the pipeline of Amazon's SDK, which finds the credentials, signs, corrects a wrong clock, and retries. The
/// clients of the services add records and names to it. Faults are <see cref="AwsException"/>.
/// </summary>
/// <remarks>Decision 22 says why these clients are ours.</remarks>
internal sealed class WireClient : AmazonServiceClient
{
    private static readonly string[] Domains = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];
    private readonly WireService _service;
    private readonly AwsOptions _options;
    private readonly TimeProvider _time;
    private readonly WireMessages _messages;
    private readonly InvokeOptions _invoke;

    private WireClient(WireService service, WireConfig config, AwsOptions options, TimeProvider time) : base(options.Credentials, config)
    {
        (_service, _options, _time) = (service, options, time);
        _messages = new WireMessages(service, config.Url.TrimEnd('/'));
        _invoke = new InvokeOptions
        {
            RequestMarshaller = new WireMarshaller(service),
            ResponseUnmarshaller = new WireUnmarshaller(service, options.MaxAnswerBytes),
        };
        // Not in CustomizeRuntimePipeline: the base class calls it before the fields are set.
        RuntimePipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new WireRetries(config, options, time)));
        RuntimePipeline.AddHandlerAfter<Marshaller>(new SigV4());
    }

    /// <summary>Creates a client with the settings of the user.</summary>
    /// <exception cref="AwsException">No region is set, or the endpoint is not a URL.</exception>
    public static WireClient Create(WireService service, AwsOptions? options, TimeProvider? time)
    {
        options ??= new AwsOptions();
        try
        {
            return new WireClient(service, new WireConfig(service, options), options, time ?? TimeProvider.System);
        }
        catch (Exception e) when (e is AmazonClientException or UriFormatException or ArgumentException)
        {
            throw WireMessages.Unconfigured(service, e);
        }
    }

    /// <summary>The endpoint's URL.</summary>
    public string Url => ((WireConfig)Config).Url;

    /// <summary>True for an endpoint of Amazon's; false for an emulator's.</summary>
    public bool IsAmazons => Domains.Any(domain => new Uri(Url).Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    /// <summary>The region that requests are signed for.</summary>
    public string Region => Config.AuthenticationRegion;

    /// <inheritdoc/>
    protected override IServiceMetadata ServiceMetadata => new Metadata(_service?.Id ?? "");

    // Answers of ECR contain a password.
    /// <inheritdoc/>
    protected override bool SupportResponseLogging => false;

    /// <summary>Calls an operation.</summary>
    /// <param name="operation">The operation; a name alone stands for one that may be repeated.</param>
    /// <param name="request">The request's members.</param>
    /// <param name="requestType">The request's JSON names.</param>
    /// <param name="answerType">The answer's JSON names, which also serve for XML.</param>
    /// <param name="cancellationToken">Cancels the call and its pauses.</param>
    public async Task<TAnswer> CallAsync<TRequest, TAnswer>(
        WireOperation operation, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken)
        where TAnswer : WireAnswer
    {
        var wire = new WireRequest(operation, _service.Protocol == WireProtocol.Query
            ? QueryForm.Encode(operation.Name, _service.Version, JsonSerializer.SerializeToElement(request, requestType))
            : JsonSerializer.SerializeToUtf8Bytes(request, requestType));
        var reply = await SendAsync(wire, cancellationToken);
        if (reply.HttpStatusCode is < HttpStatusCode.OK or >= HttpStatusCode.MultipleChoices)
            throw _messages.Unusable(
                wire, "Redirect", $"{Url} redirects to another address, to which Tenfold sends no credentials", reply);
        if (reply.Body is not { } body)
            throw _messages.Unusable(wire, "AnswerTooLarge", $"the answer is larger than {_options.MaxAnswerBytes:N0} bytes", reply);
        try
        {
            var answer = _service.Protocol == WireProtocol.Query
                ? QueryAnswer.Parse(body, operation.Name, answerType)
                : JsonSerializer.Deserialize(IsEmpty<TAnswer>(body) ? "{}"u8 : body, answerType);
            if (answer is null) throw new JsonException("the answer is null");
            answer.RequestId ??= reply.ResponseMetadata?.RequestId;
            return answer;
        }
        catch (JsonException e)
        {
            throw _messages.Unusable(wire, "AnswerUnreadable", $"the answer can't be read: {e.Message.TrimEnd('.')}", reply, e);
        }
    }

    // An empty answer must not be taken for a list without items.
    private static bool IsEmpty<TAnswer>(byte[] body) => body.Length == 0 && typeof(TAnswer) == typeof(WireNothing);

    private async Task<WireReply> SendAsync(WireRequest request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await InvokeAsync<WireReply>(request, _invoke, either.Token);
        }
        catch (Exception e) when (WireFaults.Covers(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _messages.Translate(e, request);
        }
    }

    private sealed class SigV4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }

    private sealed record Metadata(string ServiceId) : IServiceMetadata
    {
        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
    }
}
