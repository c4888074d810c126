'use strict';
// Reads what the double of AWS has, with Amazon's own clients. Prints one JSON object.
//
//   node read.js ENDPOINT REGION
//
// Keys come from the environment.
const { BatchClient, DescribeJobQueuesCommand, ListJobsCommand, DescribeJobsCommand, SubmitJobCommand } = require('@aws-sdk/client-batch');
const { CloudFormationClient, DescribeStacksCommand, DescribeStackEventsCommand } = require('@aws-sdk/client-cloudformation');
const { EC2Client, RunInstancesCommand, DescribeInstancesCommand, TerminateInstancesCommand } = require('@aws-sdk/client-ec2');
const { SageMakerClient, DescribeTrainingJobCommand } = require('@aws-sdk/client-sagemaker');

const [endpoint, region] = process.argv.slice(2);
const options = { endpoint, region, maxAttempts: 1 };

async function main() {
  const batch = new BatchClient(options);
  const stacks = new CloudFormationClient(options);
  const ec2 = new EC2Client(options);
  const training = new SageMakerClient(options);
  const found = {};
  found.queues = (await batch.send(new DescribeJobQueuesCommand({}))).jobQueues.map(queue => queue.jobQueueName);
  const submitted = await batch.send(new SubmitJobCommand({ jobName: 'from-node', jobQueue: found.queues[0], jobDefinition: 'd' }));
  found.submitted = submitted.jobId;
  const listed = await batch.send(new ListJobsCommand({ jobQueue: found.queues[0], filters: [{ name: 'JOB_NAME', values: ['from-*'] }] }));
  found.listed = listed.jobSummaryList.map(job => job.jobId);
  found.described = (await batch.send(new DescribeJobsCommand({ jobs: [submitted.jobId] }))).jobs.map(job => typeof job.createdAt);
  found.outputs = (await stacks.send(new DescribeStacksCommand({ StackName: 'tenfold' }))).Stacks[0].Outputs.length;
  found.events = await stacks.send(new DescribeStackEventsCommand({ StackName: 'none' })).catch(e => e.name);
  const launched = await ec2.send(new RunInstancesCommand({
    ImageId: 'ami-0a1b2c3d4e5f60701', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1,
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: 'b' }] }],
  }));
  const id = launched.Instances[0].InstanceId;
  const shown = await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag:a', Values: ['b'] }] }));
  found.instance = shown.Reservations[0].Instances[0].InstanceId === id && shown.Reservations[0].Instances[0].LaunchTime instanceof Date;
  found.ended = (await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))).TerminatingInstances[0].CurrentState.Name;
  found.training = await training.send(new DescribeTrainingJobCommand({ TrainingJobName: 'none' })).catch(e => `${e.name}: ${e.message}`);
  console.log(JSON.stringify(found));
}

main().catch(e => {
  console.error(e);
  process.exit(1);
});
