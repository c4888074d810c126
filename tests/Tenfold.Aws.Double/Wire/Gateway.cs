using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Calls;
using Tenfold.Aws.Double.Ecs;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Double.Sts;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Receives every request, and has a service answer it.</summary>
internal sealed class Gateway : IDisposable
{
    private static readonly Dictionary<string, string> Folders = new() { ["servicequotas"] = "service-quotas" };
    private readonly Account _account;
    private readonly Dictionary<string, AwsService> _services;
    private readonly Dictionary<string, Protocol> _protocols;
    private readonly HttpServer _server;
    private readonly S3Gate _s3;
    private int _requests;

    public Gateway(Account account, IReadOnlyList<AwsService> services)
    {
        _account = account;
        _services = services.ToDictionary(service => service.Name);
        _protocols = services.ToDictionary(service => service.Name, service => new Protocol(service.Name));
        _s3 = new S3Gate(account, Calls, Faults);
        _server = new HttpServer(AnswerAsync, _s3.PassOnAsync, e => account.Defects.Enqueue(e.ToString()));
        _server.Start();
    }

    public CallLog Calls { get; } = new();

    public FaultPlan Faults { get; } = new();

    public string Endpoint => _server.Endpoint;

    public void Dispose() => _server.Dispose();

    private async Task<HttpAnswer?> AnswerAsync(HttpRequest request)
    {
        if (RoleCredentials.Answer(_account, request) is { } keys) return keys;
        if (WebIdentity.Answer(_account, request, _protocols["sts"]) is { } assumed) return assumed;
        if (_services.GetValueOrDefault("ecs") is EcsService ecs && EcsMetadata.Answer(ecs, request) is { } facts) return facts;
        // Whoever only wants to see the date of an answer signs nothing.
        if (request is { Method: "GET", Path: "/" } && Signature.ScopeOf(request.Headers) is null)
            return HttpAnswer.Text(403, "Missing Authentication Token");
        if (Signature.ScopeOf(request.Headers) is not { } scope || !_services.TryGetValue(Folder(scope.Service), out var service))
        {
            _account.Defects.Enqueue($"the double has no service for {request.Method} {request.Path}");
            return HttpAnswer.Text(404, "no such service");
        }
        var id = $"request-{Interlocked.Increment(ref _requests)}";
        var defects = new List<string>();
        var answer = await AnswerAsync(request, service, scope.Region, id, defects);
        foreach (var defect in defects) _account.Defects.Enqueue(defect);
        return answer;
    }

    private async Task<HttpAnswer?> AnswerAsync(HttpRequest request, AwsService service, string region, string id, List<string> defects)
    {
        var protocol = _protocols[service.Name];
        var (operation, input) = protocol.Read(request, defects);
        var who = "";
        try
        {
            var caller = _account.Credentials.Verify(request, service.Name, defects.Add);
            who = caller.Arn;
            var fault = Faults.Next(service.Name, operation);
            if (fault?.Pause is { } pause) await Task.Delay(pause, _account.Time);
            if (fault?.Until is { } until) await until;
            if (fault?.LosesRequest == true) return Lost(service.Name, operation, input, who, region);
            if (_account.DeniedActions.ContainsKey($"{service.Name}:{operation}") && caller.Token is null)
                throw Errors.Denied(service.Name, operation, who);
            if (fault?.Error is { } error) throw error(service.Name, operation, who);
            if (defects.Count > 0) throw Errors.Invalid(service.Name, string.Join("; ", defects));
            var output = service.Call(new AwsRequest(service.Name, operation, input, caller, region, request.Body.Length));
            if (fault?.LosesAnswer == true) return Lost(service.Name, operation, input, who, region);
            var answer = protocol.Write(operation, output, id, defects);
            Calls.Add(new(service.Name, operation, input, who, region, null));
            return answer;
        }
        catch (AwsErrorException error)
        {
            Calls.Add(new(service.Name, operation, input, who, region, error.Code));
            return protocol.Write(error, id);
        }
    }

    private HttpAnswer? Lost(string service, string operation, JsonObject input, string who, string region)
    {
        Calls.Add(new(service, operation, input, who, region, "lost"));
        return null;
    }

    private static string Folder(string service) => Folders.GetValueOrDefault(service, service);
}
