// Serves the ONNX model that train.py wrote, with ONNX Runtime and ASP.NET Core.
//
// By hand: TENFOLD_MODEL_DIR=model TENFOLD_PORT=8080 dotnet run serve.cs

#:sdk Microsoft.NET.Sdk.Web
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:property PublishAot=false

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;

string[] features = ["sepal_length", "sepal_width", "petal_length", "petal_width"];
var folder = Environment.GetEnvironmentVariable("TENFOLD_MODEL_DIR") ?? "/opt/ml/model";
var port = int.Parse(Environment.GetEnvironmentVariable("TENFOLD_PORT") ?? "8080");
var host = IPAddress.Parse(Environment.GetEnvironmentVariable("TENFOLD_HOST") ?? "0.0.0.0");

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(host, port);
    kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
});
// At SIGTERM, no more connections are accepted, and what is in flight is finished.
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(24));
var app = builder.Build();

// The model is loaded while /ping answers 503. A model that can't be loaded ends the service.
Model? model = null;
_ = Task.Run(() =>
{
    try
    {
        model = new Model(folder, features.Length);
    }
    catch (Exception fault)
    {
        Console.Error.WriteLine($"the model can't be loaded: {fault.Message}");
        Environment.Exit(1);
    }
});

app.MapGet("/ping", () => model is null || app.Lifetime.ApplicationStopping.IsCancellationRequested
    ? Results.StatusCode(503) : Results.Ok());
app.MapPost("/invocations", async (HttpRequest request) =>
{
    if (model is not { } loaded) return Results.Json(new JsonObject { ["error"] = "the model is not loaded yet" }, statusCode: 503);
    var flower = await ReadAsync(request);
    if (flower is null)
        return Results.Json(new JsonObject { ["error"] = $"a flower has the numbers {string.Join(", ", features)}" }, statusCode: 400);
    var (species, probability) = loaded.Predict(flower);
    return Results.Json(new JsonObject { ["prediction"] = species, ["probability"] = Math.Round(probability, 6) });
});
await app.RunAsync();

// One flower; null for anything else.
async Task<float[]?> ReadAsync(HttpRequest request)
{
    try
    {
        var json = await JsonNode.ParseAsync(request.Body) as JsonObject;
        return json is null ? null : [.. features.Select(name => json[name]!.GetValue<float>())];
    }
    catch (Exception fault) when (fault is System.Text.Json.JsonException or InvalidOperationException or FormatException
        or NullReferenceException)
    {
        return null;
    }
}

/// <summary>The model. One session answers several requests at once.</summary>
sealed class Model(string folder, int features)
{
    private readonly InferenceSession _session = new(Path.Combine(folder, "model.onnx"));
    private readonly string[] _species =
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "species.json")))!.AsArray().Select(name => (string)name!)];

    public (string Species, float Probability) Predict(float[] flower)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(flower, [1, features]);
        using var options = new RunOptions();
        using var outputs = _session.Run(options, ["flowers"], [input], ["probabilities"]);
        var probabilities = outputs[0].GetTensorDataAsSpan<float>();
        var best = 0;
        for (var i = 1; i < probabilities.Length; i++)
            if (probabilities[i] > probabilities[best]) best = i;
        return (_species[best], probabilities[best]);
    }
}
