using Coinsphere.Messaging.Dashboard;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Telemetry;

return await HostRunner.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(
        new WebApplicationOptions { Args = HostRunner.Arguments(args), EnvironmentName = SpecifiedEnvironment.Name("Production") });
    builder.AddHostDefaults();
    builder.AddTelemetry("coinsphere-dashboard");
    builder.AddDashboard();
    builder.ListenAsDashboard();

    var app = builder.Build();
    app.UseAllowedHosts();
    app.UseRouting();
    app.MapDashboard();
    app.MapGet("/health/live", () => Results.Text("alive"));
    return app;
});
