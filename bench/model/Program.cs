// model PORT MILLISECONDS: a logistic model that answers POST /invocations after a pause.
using System.Text.Json;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
var app = builder.Build();
var pause = TimeSpan.FromMilliseconds(int.Parse(args[1]));
app.Run(async context =>
{
    using var input = await JsonDocument.ParseAsync(context.Request.Body);
    var sum = input.RootElement.EnumerateObject().Sum(member => member.Value.GetDouble());
    if (pause > TimeSpan.Zero) await Task.Delay(pause);
    var reply = JsonSerializer.SerializeToUtf8Bytes(new { prediction = new[] { sum, 1 / (1 + Math.Exp(-sum)) } });
    (context.Response.ContentType, context.Response.ContentLength) = ("application/json", reply.Length);
    await context.Response.Body.WriteAsync(reply);
});
app.Run();
