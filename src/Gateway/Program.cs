using Coinsphere.Messaging.Gateway;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;

return await HostRunner.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(
        new WebApplicationOptions { Args = HostRunner.Arguments(args), EnvironmentName = SpecifiedEnvironment.Name("Production") });
    builder.AddHostDefaults();
    builder.AddTelemetry("coinsphere-gateway");
    builder.AddGateway();
    builder.Services.AddRabbitMqBus(builder.Configuration, bus => bus.RegisterGateway());

    var app = builder.Build();
    app.MapGateway();
    return app;
});
