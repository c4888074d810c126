using Tenfold.Gateway;

await using var gateway = GatewayHost.Create(new GatewayOptions());
await gateway.RunAsync();
return 0;
