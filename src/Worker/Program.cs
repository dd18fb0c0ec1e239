using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker;
using Microsoft.Extensions.Hosting;

return await HostRunner.RunAsync(() =>
{
    var builder = Host.CreateApplicationBuilder(
        new HostApplicationBuilderSettings { Args = HostRunner.Arguments(args), EnvironmentName = SpecifiedEnvironment.Name("Production") });
    builder.AddHostDefaults();
    builder.AddTelemetry("coinsphere-worker");
    builder.AddWorker();
    builder.Services.AddRabbitMqBus(builder.Configuration, bus => bus.RegisterWorker());
    return builder.Build();
});
